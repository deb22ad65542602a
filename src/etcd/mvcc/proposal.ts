import { ByteReader, ByteWriter } from '../bytes.ts';
import type { Compare, CompareResult, DeleteRangeRequest, KeyRange, PutRequest, RangeRequest, RequestOp, TxnRequest } from '../types.ts';

/**
 * A change that a client asks for, as the log holds it. It says everything that `MvccStore.apply` needs: no clock, no random choice is made
 * after it was written, so every member that applies the same proposals in the same order comes to the same state.
 */
export type Proposal =
  | { readonly kind: 'put'; readonly request: PutRequest }
  | { readonly kind: 'deleteRange'; readonly request: DeleteRangeRequest }
  | { readonly kind: 'txn'; readonly request: TxnRequest }
  | { readonly kind: 'compact'; readonly revision: number }
  | { readonly kind: 'leaseGrant'; readonly id: number; readonly ttlSeconds: number }
  | { readonly kind: 'leaseRevoke'; readonly id: number };

const tags = { put: 1, deleteRange: 2, txn: 3, compact: 4, leaseGrant: 5, leaseRevoke: 6, range: 7 } as const;
const results: readonly CompareResult[] = ['EQUAL', 'GREATER', 'LESS', 'NOT_EQUAL'];
const targets: readonly Compare['target'][] = ['VERSION', 'CREATE', 'MOD', 'VALUE', 'LEASE'];

/** Appends the proposal: the same bytes for the same proposal. */
export function encodeProposal(w: ByteWriter, p: Proposal): void {
  w.u8(tags[p.kind]);
  switch (p.kind) {
    case 'put':
      return writePut(w, p.request);
    case 'deleteRange':
      return writeDelete(w, p.request);
    case 'txn':
      return writeTxn(w, p.request);
    case 'compact':
      w.varint(p.revision);
      return;
    case 'leaseGrant':
      w.varint(p.id).varint(p.ttlSeconds);
      return;
    case 'leaseRevoke':
      w.varint(p.id);
  }
}

/** The inverse; throws RangeError on bytes that are no proposal. */
export function decodeProposal(bytes: Uint8Array): Proposal {
  const r = new ByteReader(bytes);
  const tag = r.u8();
  switch (tag) {
    case tags.put:
      return { kind: 'put', request: readPut(r) };
    case tags.deleteRange:
      return { kind: 'deleteRange', request: readDelete(r) };
    case tags.txn:
      return { kind: 'txn', request: readTxn(r) };
    case tags.compact:
      return { kind: 'compact', revision: r.varint() };
    case tags.leaseGrant:
      return { kind: 'leaseGrant', id: r.varint(), ttlSeconds: r.varint() };
    case tags.leaseRevoke:
      return { kind: 'leaseRevoke', id: r.varint() };
    default:
      throw new RangeError(`unknown proposal ${tag}`);
  }
}

function writeKeyRange(w: ByteWriter, r: KeyRange): void {
  w.key(r.key);
  w.u8(r.rangeEnd === undefined ? 0 : 1);
  if (r.rangeEnd !== undefined) w.key(r.rangeEnd);
}

function readKeyRange(r: ByteReader): KeyRange {
  const key = r.key();
  return r.u8() === 0 ? { key } : { key, rangeEnd: r.key() };
}

function writePut(w: ByteWriter, p: PutRequest): void {
  w.key(p.key)
    .varint(p.lease ?? 0)
    .u8(p.prevKv ? 1 : 0)
    .bytes(p.value);
}

function readPut(r: ByteReader): PutRequest {
  const key = r.key();
  const lease = r.varint();
  const prevKv = r.u8() === 1;
  return { key, value: r.bytes(), lease, prevKv };
}

function writeDelete(w: ByteWriter, d: DeleteRangeRequest): void {
  writeKeyRange(w, d);
  w.u8(d.prevKv ? 1 : 0);
}

function readDelete(r: ByteReader): DeleteRangeRequest {
  return { ...readKeyRange(r), prevKv: r.u8() === 1 };
}

function writeRange(w: ByteWriter, q: RangeRequest): void {
  writeKeyRange(w, q);
  w.varint(q.limit ?? 0)
    .varint(q.revision ?? 0)
    .u8((q.countOnly ? 1 : 0) | (q.keysOnly ? 2 : 0));
}

function readRange(r: ByteReader): RangeRequest {
  const range = readKeyRange(r);
  const limit = r.varint();
  const revision = r.varint();
  const flags = r.u8();
  return { ...range, limit, revision, countOnly: (flags & 1) !== 0, keysOnly: (flags & 2) !== 0 };
}

function writeTxn(w: ByteWriter, t: TxnRequest): void {
  w.varint(t.compare.length);
  for (const c of t.compare) writeCompare(w, c);
  writeOps(w, t.success);
  writeOps(w, t.failure);
}

function readTxn(r: ByteReader): TxnRequest {
  const compare = Array.from({ length: r.varint() }, () => readCompare(r));
  return { compare, success: readOps(r), failure: readOps(r) };
}

function writeCompare(w: ByteWriter, c: Compare): void {
  writeKeyRange(w, c);
  w.u8(results.indexOf(c.result)).u8(targets.indexOf(c.target));
  if (typeof c.operand === 'number') w.u8(0).varint(c.operand);
  else w.u8(1).bytes(c.operand);
}

function readCompare(r: ByteReader): Compare {
  const range = readKeyRange(r);
  const result = results[r.u8()];
  const target = targets[r.u8()];
  if (result === undefined || target === undefined) throw new RangeError('unknown comparison');
  return { ...range, result, target, operand: r.u8() === 0 ? r.varint() : r.bytes() };
}

function writeOps(w: ByteWriter, ops: readonly RequestOp[]): void {
  w.varint(ops.length);
  for (const op of ops) {
    w.u8(tags[op.kind]);
    if (op.kind === 'put') writePut(w, op.request);
    else if (op.kind === 'deleteRange') writeDelete(w, op.request);
    else if (op.kind === 'range') writeRange(w, op.request);
    else writeTxn(w, op.request);
  }
}

function readOps(r: ByteReader): RequestOp[] {
  return Array.from({ length: r.varint() }, () => readOp(r));
}

function readOp(r: ByteReader): RequestOp {
  const tag = r.u8();
  switch (tag) {
    case tags.put:
      return { kind: 'put', request: readPut(r) };
    case tags.deleteRange:
      return { kind: 'deleteRange', request: readDelete(r) };
    case tags.range:
      return { kind: 'range', request: readRange(r) };
    case tags.txn:
      return { kind: 'txn', request: readTxn(r) };
    default:
      throw new RangeError(`unknown operation ${tag}`);
  }
}
