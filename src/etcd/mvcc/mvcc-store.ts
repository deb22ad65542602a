import { assert } from '../../base/index.ts';
import { etcdErrors } from '../errors.ts';
import type {
  DeleteRangeRequest,
  DeleteRangeResponse,
  PutRequest,
  PutResponse,
  RangeRequest,
  RangeResponse,
  RequestOp,
  ResponseOp,
  TxnRequest,
  TxnResponse,
  WatchEvent,
} from '../types.ts';
import { holds } from './compare.ts';
import { EventLog } from './event-log.ts';
import { isTombstone, KeyIndex, type Version } from './key-index.ts';
import { Leases } from './leases.ts';
import type { Proposal } from './proposal.ts';

const noBytes = new Uint8Array(0);
const noKeyValues: readonly Version[] = [];

export type ProposalResponse = PutResponse | DeleteRangeResponse | TxnResponse | { readonly revision: number };

/** What applying a proposal came to. */
export interface Applied {
  readonly response: ProposalResponse;
  /** All of one revision; empty when nothing changed. */
  readonly events: readonly WatchEvent[];
}

/** Everything a store holds, as a backend saves it. `versions` in order of revision, then `sub`. */
export interface MvccSnapshot {
  readonly revision: number;
  readonly compactRevision: number;
  readonly leases: Iterable<{ readonly id: number; readonly ttlSeconds: number }>;
  readonly versions: Iterable<Version>;
}

/** The branches a transaction will take, decided before anything is changed. */
interface Path {
  readonly request: TxnRequest;
  readonly succeeded: boolean;
  readonly nested: readonly (Path | undefined)[];
}

/**
 * Keys over revisions: a state machine. Proposals are applied in the order of the log; the same proposals give the same state and the same
 * answers, refusals (`EtcdError`, thrown before anything changes) included. Holds no clock, no I/O.
 *
 * The log's seam: a shell turns a request into a `Proposal`, gets its bytes committed (a local log now, a Raft group as well), and applies it
 * on every member when it is committed; only the member that proposed it has someone to answer.
 */
export class MvccStore {
  readonly #index = new KeyIndex();
  readonly leases = new Leases();
  readonly log = new EventLog();
  #revision = 1;
  #compactRevision = 0;
  #currentBytes = 0;
  #historyBytes = 0;
  /** States that nobody can read any more, for the backend to drop too. */
  #dropped: Version[] = [];
  /** Position in the log up to which compacted states have been looked for. */
  #trimAt = 0;
  /** The changes of the revision being made. */
  #events: WatchEvent[] = [];

  /** Starts from what a backend saved; a new store is at revision 1. What a compaction left to be dropped comes with the next `trim`. */
  static restore(snapshot: MvccSnapshot): MvccStore {
    const store = new MvccStore();
    store.#revision = snapshot.revision;
    store.#compactRevision = snapshot.compactRevision;
    for (const l of snapshot.leases) store.leases.grant(l.id, l.ttlSeconds);
    let compacted: Map<string, Version> | undefined = new Map<string, Version>();
    for (const v of snapshot.versions) {
      if (compacted && v.modRevision > snapshot.compactRevision) {
        store.#loadCompacted(compacted);
        compacted = undefined;
      }
      if (!compacted) {
        store.#load(v);
        continue;
      }
      const older = compacted.get(v.key);
      if (older) store.#dropped.push(older);
      // Insertion order stays the order of revisions.
      compacted.delete(v.key);
      compacted.set(v.key, v);
    }
    if (compacted) store.#loadCompacted(compacted);
    store.#trimAt = store.log.start;
    return store;
  }

  #loadCompacted(newest: Map<string, Version>): void {
    for (const v of newest.values()) {
      if (isTombstone(v)) this.#dropped.push(v);
      else this.#load(v);
    }
  }

  #load(v: Version): void {
    const prev = this.#index.newest(v.key);
    this.#record(v, prev);
    if (v.modRevision >= this.#compactRevision) this.log.append(this.#events);
    this.#events = [];
  }

  get revision(): number {
    return this.#revision;
  }

  get compactRevision(): number {
    return this.#compactRevision;
  }

  /** Bytes of keys and values, history included. */
  get sizeBytes(): number {
    return this.#currentBytes + this.#historyBytes;
  }

  /** Of these, what only reads of the past need. */
  get historyBytes(): number {
    return this.#historyBytes;
  }

  /** Makes the change. Throws `EtcdError` when the state refuses it. The caller has run `checkProposal`. */
  apply(p: Proposal): Applied {
    assert(this.#events.length === 0, 'one proposal at a time');
    if (p.kind === 'compact') return this.#compact(p.revision);
    const response = this.#change(p);
    const events = this.#events;
    if (events.length > 0) {
      this.#revision++;
      this.log.append(events);
      this.#events = [];
    }
    return { response, events };
  }

  #change(p: Exclude<Proposal, { kind: 'compact' }>): ProposalResponse {
    switch (p.kind) {
      case 'put':
        if (p.request.lease) this.leases.require(p.request.lease);
        return this.#put(p.request);
      case 'deleteRange':
        return this.#delete(p.request);
      case 'txn': {
        const path = this.#choose(p.request);
        this.#check(path);
        return this.#run(path);
      }
      case 'leaseGrant':
        this.leases.grant(p.id, p.ttlSeconds);
        return { revision: this.#revision };
      case 'leaseRevoke': {
        const keys = [...this.leases.require(p.id).keys].sort();
        for (const key of keys) this.#delete({ key });
        this.leases.remove(p.id);
        return { revision: this.#writeRevision };
      }
    }
  }

  /** The revision that a read inside the change sees: the one being made once something was written. */
  get #writeRevision(): number {
    return this.#events.length > 0 ? this.#revision + 1 : this.#revision;
  }

  range(q: RangeRequest): RangeResponse {
    const at = this.#readRevision(q);
    const revision = at === 0 ? this.#writeRevision : at;
    const limit = q.limit && q.limit > 0 ? q.limit : Number.POSITIVE_INFINITY;
    const kvs: Version[] = [];
    let count = 0;
    this.#index.forRange(q, revision, (kv) => {
      if (!q.countOnly && kvs.length < limit) kvs.push(q.keysOnly ? { ...kv, value: noBytes } : kv);
      count++;
      return true;
    });
    return { revision: this.#writeRevision, kvs, more: !q.countOnly && count > kvs.length, count };
  }

  #readRevision(q: RangeRequest): number {
    const revision = q.revision ?? 0;
    if (revision > this.#revision) throw etcdErrors.futureRevision();
    if (revision > 0 && revision < this.#compactRevision) throw etcdErrors.compacted(this.#compactRevision);
    return revision;
  }

  #put(p: PutRequest): PutResponse {
    const newest = this.#index.newest(p.key);
    const prev = newest && !isTombstone(newest) ? newest : undefined;
    const modRevision = this.#revision + 1;
    const next: Version = {
      key: p.key,
      value: p.value,
      createRevision: prev ? prev.createRevision : modRevision,
      modRevision,
      version: prev ? prev.version + 1 : 1,
      lease: p.lease ?? 0,
      sub: this.#events.length,
    };
    this.#record(next, newest);
    return p.prevKv && prev ? { revision: modRevision, prevKv: prev } : { revision: modRevision };
  }

  #delete(d: DeleteRangeRequest): DeleteRangeResponse {
    const doomed: Version[] = [];
    this.#index.forRange(d, this.#writeRevision, (kv) => {
      doomed.push(kv);
      return true;
    });
    const modRevision = this.#revision + 1;
    for (const kv of doomed) {
      const tombstone = { key: kv.key, value: noBytes, createRevision: 0, modRevision, version: 0, lease: 0, sub: this.#events.length };
      this.#record(tombstone, kv);
    }
    return { revision: this.#writeRevision, deleted: doomed.length, prevKvs: d.prevKv ? doomed : noKeyValues };
  }

  #record(next: Version, newest: Version | undefined): void {
    const dead = isTombstone(next);
    this.#index.add(next);
    if (newest && !isTombstone(newest)) {
      const bytes = sizeOf(newest);
      this.#currentBytes -= bytes;
      this.#historyBytes += bytes;
      this.leases.detach(newest.lease, newest.key);
    }
    if (dead) this.#historyBytes += sizeOf(next);
    else {
      this.#currentBytes += sizeOf(next);
      this.leases.attach(next.lease, next.key);
    }
    const prevKv = newest && !isTombstone(newest) ? newest : undefined;
    this.#events.push({ type: dead ? 'DELETE' : 'PUT', kv: next, ...(prevKv ? { prevKv } : {}) });
  }

  #choose(request: TxnRequest): Path {
    const succeeded = request.compare.every((c) => holds(this.#index, c, this.#revision));
    const ops = succeeded ? request.success : request.failure;
    return { request, succeeded, nested: ops.map((op) => (op.kind === 'txn' ? this.#choose(op.request) : undefined)) };
  }

  /** All that could be refused on the way is refused before the first change. */
  #check(path: Path): void {
    for (const [i, op] of opsOf(path).entries()) {
      if (op.kind === 'put' && op.request.lease) this.leases.require(op.request.lease);
      if (op.kind === 'range') this.#readRevision(op.request);
      if (op.kind === 'txn') this.#check(path.nested[i]!);
    }
  }

  #run(path: Path): TxnResponse {
    const responses = opsOf(path).map((op, i): ResponseOp => {
      switch (op.kind) {
        case 'range':
          return { kind: 'range', response: this.range(op.request) };
        case 'put':
          return { kind: 'put', response: this.#put(op.request) };
        case 'deleteRange':
          return { kind: 'deleteRange', response: this.#delete(op.request) };
        case 'txn':
          return { kind: 'txn', response: this.#run(path.nested[i]!) };
      }
    });
    return { revision: this.#writeRevision, succeeded: path.succeeded, responses };
  }

  #compact(revision: number): Applied {
    if (revision > this.#revision) throw etcdErrors.futureRevision();
    if (revision <= this.#compactRevision) throw etcdErrors.compacted(this.#compactRevision);
    // Events of the last compaction's revision were kept and are looked at again.
    this.#trimAt = Math.min(this.#trimAt, this.log.start);
    this.#compactRevision = revision;
    return { response: { revision: this.#revision }, events: [] };
  }

  /** Whether compacted states still take room. */
  get trimPending(): boolean {
    return this.#dropped.length > 0 || (this.#trimAt < this.log.end && this.log.at(this.#trimAt)!.kv.modRevision <= this.#compactRevision);
  }

  /**
   * Frees what a compaction made unreadable, in slices: looks at `budget` events and returns the states dropped. Only keys with an event at
   * or below the compacted revision can have such a state, so the cost follows the changes, not the keys.
   */
  trim(budget: number): readonly Version[] {
    for (let i = 0; i < budget && this.#trimAt < this.log.end; i++, this.#trimAt++) {
      const event = this.log.at(this.#trimAt)!;
      if (event.kv.modRevision > this.#compactRevision) break;
      this.#trim(event.kv.key, this.#compactRevision, this.#dropped);
    }
    // Events of the compacted revision itself may still be watched.
    this.log.dropBefore(Math.min(this.#trimAt, this.log.seek(this.#compactRevision)));
    const dropped = this.#dropped;
    this.#dropped = [];
    return dropped;
  }

  #trim(key: string, revision: number, dropped: Version[]): void {
    const history = this.#index.history(key);
    if (!history) return;
    const { versions } = history;
    let keep = versions.findLastIndex((v) => v.modRevision <= revision);
    if (keep < 0) return;
    if (isTombstone(versions[keep]!)) keep++;
    for (let i = 0; i < keep; i++) {
      this.#historyBytes -= sizeOf(versions[i]!);
      dropped.push(versions[i]!);
    }
    if (keep === versions.length) this.#index.remove(key);
    else if (keep > 0) history.versions = versions.slice(keep);
  }
}

function opsOf(path: Path): readonly RequestOp[] {
  return path.succeeded ? path.request.success : path.request.failure;
}

function sizeOf(v: Version): number {
  return v.key.length + v.value.length;
}
