import type { Compare, CompareResult } from '../types.ts';
import type { KeyIndex, Version } from './key-index.ts';

const absent: Omit<Version, 'key'> = { value: new Uint8Array(0), createRevision: 0, modRevision: 0, version: 0, lease: 0, sub: 0 };

/** Whether a condition holds now: for every key of its range, or for one that does not exist. A VALUE that does not exist equals nothing. */
export function holds(index: KeyIndex, c: Compare, revision: number): boolean {
  let found = false;
  let all = true;
  index.forRange(c, revision, (kv) => {
    found = true;
    all = matches(c, kv);
    return all;
  });
  if (found) return all;
  return c.target !== 'VALUE' && matches(c, absent);
}

function matches(c: Compare, kv: Omit<Version, 'key'>): boolean {
  if (c.target === 'VALUE') return decide(c.result, typeof c.operand === 'number' ? 1 : Buffer.compare(kv.value, c.operand));
  const operand = typeof c.operand === 'number' ? c.operand : Number.NaN;
  return decide(c.result, Math.sign(fieldOf(c.target, kv) - operand));
}

function fieldOf(target: Exclude<Compare['target'], 'VALUE'>, kv: Omit<Version, 'key'>): number {
  switch (target) {
    case 'VERSION':
      return kv.version;
    case 'CREATE':
      return kv.createRevision;
    case 'MOD':
      return kv.modRevision;
    case 'LEASE':
      return kv.lease;
  }
}

function decide(result: CompareResult, order: number): boolean {
  switch (result) {
    case 'EQUAL':
      return order === 0;
    case 'NOT_EQUAL':
      return order !== 0;
    case 'GREATER':
      return order > 0;
    case 'LESS':
      return order < 0;
  }
}
