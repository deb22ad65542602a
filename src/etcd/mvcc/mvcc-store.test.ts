import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Rng, seededRng } from '../../base/index.ts';
import { ByteWriter } from '../bytes.ts';
import { EtcdError, type RequestOp, type TxnRequest } from '../types.ts';
import { MvccStore } from './mvcc-store.ts';
import type { Version } from './key-index.ts';
import { decodeProposal, encodeProposal, type Proposal } from './proposal.ts';

/** The dumb one: a full copy of everything at every revision. */
class Model {
  states: Map<string, { value: string; create: number; mod: number; version: number }>[] = [new Map(), new Map()];
  compacted = 0;

  get revision(): number {
    return this.states.length - 1;
  }

  write(change: (next: Map<string, { value: string; create: number; mod: number; version: number }>, revision: number) => boolean): void {
    const next = new Map(this.states.at(-1));
    if (change(next, this.revision + 1)) this.states.push(next);
  }

  at(revision: number, from: string, to: string): string[] {
    return [...this.states[revision]!]
      .filter(([k]) => k >= from && k < to)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => `${k}=${v.value}@${v.create}/${v.mod}/${v.version}`);
  }
}

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const shown = (kvs: readonly { key: string; value: Uint8Array; createRevision: number; modRevision: number; version: number }[]) =>
  kvs.map((kv) => `${kv.key}=${Buffer.from(kv.value).toString()}@${kv.createRevision}/${kv.modRevision}/${kv.version}`);
const randomKey = (rng: Rng) => rng.string(1 + rng.int(2), 'abc/');

function randomOps(rng: Rng): RequestOp[] {
  const keys = new Set(Array.from({ length: rng.int(4) }, () => randomKey(rng)));
  return [...keys].map((key): RequestOp =>
    rng.int(3) === 0 ? { kind: 'deleteRange', request: { key } } : { kind: 'put', request: { key, value: bytes(String(rng.int(100))) } },
  );
}

function randomProposal(rng: Rng, revision: number): Proposal {
  const key = randomKey(rng);
  switch (rng.int(8)) {
    case 0:
      return { kind: 'deleteRange', request: { key, rangeEnd: `${key}z` } };
    case 1:
      return { kind: 'compact', revision: rng.int(revision + 2) };
    case 2:
    case 3: {
      const request: TxnRequest = {
        compare: [{ key, target: 'VERSION', result: 'GREATER', operand: rng.int(3) }],
        success: randomOps(rng),
        failure: randomOps(rng),
      };
      return { kind: 'txn', request };
    }
    default:
      return { kind: 'put', request: { key, value: bytes(String(rng.int(1000))) } };
  }
}

function applyToModel(model: Model, p: Proposal): 'refused' | undefined {
  if (p.kind === 'compact') {
    if (p.revision <= model.compacted || p.revision > model.revision) return 'refused';
    model.compacted = p.revision;
    return undefined;
  }
  model.write((next, revision) => {
    const put = (key: string, value: string) => {
      const old = next.get(key);
      next.set(key, { value, create: old?.create ?? revision, mod: revision, version: (old?.version ?? 0) + 1 });
      return true;
    };
    const run = (ops: readonly RequestOp[]) => {
      let changed = false;
      for (const op of ops) {
        if (op.kind === 'put') changed = put(op.request.key, Buffer.from(op.request.value).toString()) || changed;
        if (op.kind !== 'deleteRange') continue;
        const { key, rangeEnd } = op.request;
        for (const k of [...next.keys()]) if (rangeEnd === undefined ? k === key : k >= key && k < rangeEnd) changed = next.delete(k) || changed;
      }
      return changed;
    };
    if (p.kind === 'put' || p.kind === 'deleteRange') return run([p] as RequestOp[]);
    assert.equal(p.kind, 'txn');
    if (p.kind !== 'txn') return false;
    const [compare] = p.request.compare;
    return run((next.get(compare!.key)?.version ?? 0) > Number(compare!.operand) ? p.request.success : p.request.failure);
  });
  return undefined;
}

for (const seed of [1, 2, 3, 4, 5]) {
  test(`agrees with a full copy of every revision, seed ${seed}`, () => {
    const rng = seededRng(seed);
    const [store, model, replica] = [new MvccStore(), new Model(), new MvccStore()];
    const saved = new Map<string, Version>();
    for (let step = 0; step < 600; step++) {
      const p = randomProposal(rng, model.revision);
      const w = new ByteWriter();
      encodeProposal(w, p);
      const refused = applyToModel(model, p) === 'refused';
      for (const [s, q] of [
        [store, p],
        [replica, decodeProposal(w.take())],
      ] as const) {
        try {
          const { events } = s.apply(q);
          assert.ok(!refused);
          if (s !== store) continue;
          for (const e of events) saved.set(`${e.kv.modRevision}/${(e.kv as Version).sub}`, e.kv as Version);
          for (const v of rng.int(3) === 0 ? store.trim(rng.int(20)) : [])
            assert.ok(saved.delete(`${v.modRevision}/${v.sub}`), 'what is dropped was saved');
        } catch (error) {
          if (!(error instanceof EtcdError)) throw error;
          assert.ok(refused, `${seed}/${step} ${error.message}`);
        }
      }
      assert.equal(store.revision, model.revision);
      const [from, to] = [randomKey(rng), `${randomKey(rng)}z`];
      const revision = model.compacted + rng.int(model.revision - model.compacted + 1);
      if (revision === 0) continue;
      for (const s of [store, replica])
        assert.deepEqual(shown(s.range({ key: from, rangeEnd: to, revision }).kvs), from < to ? model.at(revision, from, to) : []);
    }
    checkRestored(store, saved, model);
  });
}

/** What a backend saved gives the same store again, history, events and sizes included. */
function checkRestored(store: MvccStore, saved: Map<string, Version>, model: Model): void {
  const versions = [...saved.values()].sort((a, b) => a.modRevision - b.modRevision || a.sub - b.sub);
  const restored = MvccStore.restore({ revision: store.revision, compactRevision: store.compactRevision, leases: [], versions });
  for (let revision = Math.max(1, model.compacted); revision <= model.revision; revision++) {
    assert.deepEqual(shown(restored.range({ key: '\0', rangeEnd: '\0', revision }).kvs), model.at(revision, '', '\xff'));
  }
  // A backend may have been told only a part of what the compaction dropped; the rest is dropped now.
  for (const s of [store, restored]) {
    while (s.trimPending) s.trim(7);
  }
  assert.deepEqual([restored.sizeBytes, restored.historyBytes], [store.sizeBytes, store.historyBytes]);
  const events = (s: MvccStore) => {
    const out: string[] = [];
    for (let at = s.log.seek(model.compacted + 1); at < s.log.end; at++)
      out.push(`${s.log.at(at)!.type} ${s.log.at(at)!.kv.key}@${s.log.at(at)!.kv.modRevision}`);
    return out;
  };
  assert.deepEqual(events(restored), events(store));
}
