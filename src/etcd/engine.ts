import type { Clock } from '../base/index.ts';
import { LeaseExpiry } from './lease-expiry.ts';
import type { Version } from './mvcc/key-index.ts';
import { type Applied, MvccStore, type ProposalResponse } from './mvcc/mvcc-store.ts';
import type { Proposal } from './mvcc/proposal.ts';
import { WatchHub } from './watch-hub.ts';

/** How proposals become committed, in order; once one is, it is passed to `Engine.apply`. A local log now; a Raft group takes the same place. */
export interface Committer {
  /** Resolves with what applying came to, once it is committed (and on disk where the store is durable). */
  propose(p: Proposal): Promise<ProposalResponse>;
  close(): Promise<void>;
}

export interface EngineOptions {
  readonly clock: Clock;
  /** Superseded bytes above which the engine asks for a compaction that keeps about half of the revisions. */
  readonly historyBytes: number;
  /** Told of states that a compaction dropped. */
  readonly dropped?: (versions: readonly Version[]) => void;
}

/** Events looked at per applied proposal, and per turn of the event loop, when a compaction's states are freed. */
const trimPerApply = 32;
const trimPerTurn = 2000;

/** The state machine with what lives around it on one member: watches, lease deadlines, self-compaction. */
export class Engine {
  readonly store: MvccStore;
  readonly hub: WatchHub;
  readonly expiry: LeaseExpiry;
  readonly #historyBytes: number;
  readonly #dropped: (versions: readonly Version[]) => void;
  #trimDue = false;
  #closed = false;
  #compacting = false;
  #propose: ((p: Proposal) => Promise<unknown>) | undefined;

  constructor(store: MvccStore, options: EngineOptions) {
    this.store = store;
    this.hub = new WatchHub(store);
    this.#historyBytes = options.historyBytes;
    this.#dropped = options.dropped ?? (() => {});
    this.expiry = new LeaseExpiry(options.clock, (id) => void this.#suggest({ kind: 'leaseRevoke', id }));
    for (const l of store.leases.all()) this.expiry.renew(l.id, l.ttlSeconds);
  }

  /** Lets the engine propose on its own: expired leases, compaction. Not called on members that do not lead. */
  lead(propose: (p: Proposal) => Promise<unknown>): void {
    this.#propose = propose;
  }

  /** Applies a committed proposal and tells watchers. Throws the `EtcdError` that refuses it; the state is unchanged then. */
  apply(p: Proposal): Applied {
    const applied = this.store.apply(p);
    if (p.kind === 'leaseGrant') this.expiry.renew(p.id, p.ttlSeconds);
    else if (p.kind === 'leaseRevoke') this.expiry.remove(p.id);
    this.hub.committed(applied.events);
    if (this.store.trimPending) this.#trim(trimPerApply);
    else if (this.store.historyBytes > this.#historyBytes && !this.#compacting) this.#compact();
    return applied;
  }

  close(): void {
    this.#closed = true;
    this.#propose = undefined;
    this.expiry.close();
    this.hub.close();
  }

  /** Frees a slice now, since a busy loop may leave no other moment, and the rest in the loop's next turns. */
  #trim(budget: number): void {
    this.#dropped(this.store.trim(budget));
    if (!this.store.trimPending || this.#trimDue) return;
    this.#trimDue = true;
    setImmediate(() => {
      this.#trimDue = false;
      if (!this.#closed) this.#trim(trimPerTurn);
    });
  }

  #compact(): void {
    const { revision, compactRevision } = this.store;
    const keepFrom = Math.floor((revision + compactRevision) / 2);
    if (keepFrom <= compactRevision) return;
    this.#compacting = true;
    void this.#suggest({ kind: 'compact', revision: keepFrom }).finally(() => (this.#compacting = false));
  }

  /** A refusal (already revoked, already compacted) means that someone else did it. */
  async #suggest(p: Proposal): Promise<void> {
    await this.#propose?.(p).catch(() => {});
  }
}
