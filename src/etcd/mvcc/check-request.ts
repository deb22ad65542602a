import { etcdErrors } from '../errors.ts';
import { maxLeaseTtlSeconds, maxRequestBytes, maxTxnOps } from '../limits.ts';
import type { DeleteRangeRequest, KeyRange, RequestOp, TxnRequest } from '../types.ts';
import type { Proposal } from './proposal.ts';

/** Refuses what depends on no state: sizes, counts, empty and duplicate keys. Throws `EtcdError`. Done before a proposal is logged. */
export function checkProposal(p: Proposal): void {
  switch (p.kind) {
    case 'put':
      checkKey(p.request);
      if (p.request.key.length + p.request.value.length > maxRequestBytes) throw etcdErrors.tooLarge();
      return;
    case 'deleteRange':
      return checkKey(p.request);
    case 'txn':
      checkTxn(p.request, maxTxnOps);
      if (sizeOfTxn(p.request) > maxRequestBytes) throw etcdErrors.tooLarge();
      checkDuplicates(p.request.success);
      checkDuplicates(p.request.failure);
      return;
    case 'leaseGrant':
      if (p.ttlSeconds > maxLeaseTtlSeconds) throw etcdErrors.leaseTtlTooLarge();
      return;
    case 'compact':
    case 'leaseRevoke':
  }
}

export function checkKey(range: KeyRange): void {
  if (range.key === '') throw etcdErrors.keyNotProvided();
}

/** Operations of nested transactions count on top of their parents', as in etcd. */
function checkTxn(txn: TxnRequest, opsLeft: number): void {
  const ops = Math.max(txn.compare.length, txn.success.length, txn.failure.length);
  if (ops > opsLeft) throw etcdErrors.tooManyOps();
  for (const c of txn.compare) checkKey(c);
  for (const branch of [txn.success, txn.failure]) {
    for (const op of branch) {
      if (op.kind === 'txn') checkTxn(op.request, opsLeft - ops);
      else checkKey(op.request);
    }
  }
}

function sizeOfTxn(txn: TxnRequest): number {
  let bytes = 0;
  for (const c of txn.compare) bytes += c.key.length + (typeof c.operand === 'number' ? 8 : c.operand.length);
  for (const branch of [txn.success, txn.failure]) {
    for (const op of branch) {
      if (op.kind === 'txn') bytes += sizeOfTxn(op.request);
      else bytes += op.request.key.length + (op.kind === 'put' ? op.request.value.length : 0);
    }
  }
  return bytes;
}

interface Touched {
  readonly puts: Set<string>;
  readonly deletes: DeleteRangeRequest[];
}

/** A transaction must not put one key twice, nor put what it deletes; a nested transaction's two branches may, since one of them runs. */
function checkDuplicates(ops: readonly RequestOp[]): Touched {
  const puts = new Set<string>();
  const deletes: DeleteRangeRequest[] = [];
  for (const op of ops) if (op.kind === 'deleteRange') deletes.push(op.request);
  const claim = (key: string) => {
    if (puts.has(key) || deletes.some((d) => covers(d, key))) throw etcdErrors.duplicateKey();
  };
  for (const op of ops) {
    if (op.kind !== 'txn') continue;
    const then = checkDuplicates(op.request.success);
    const otherwise = checkDuplicates(op.request.failure);
    const both = new Set([...then.puts, ...otherwise.puts]);
    for (const key of both) claim(key);
    for (const key of both) puts.add(key);
    deletes.push(...then.deletes, ...otherwise.deletes);
  }
  for (const op of ops) {
    if (op.kind !== 'put') continue;
    claim(op.request.key);
    puts.add(op.request.key);
  }
  return { puts, deletes };
}

/** Whether a range holds a key. */
export function covers(range: KeyRange, key: string): boolean {
  if (range.rangeEnd === undefined) return key === range.key;
  return key >= range.key && (range.rangeEnd === '\0' || key < range.rangeEnd);
}
