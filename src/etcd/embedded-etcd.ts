import type { Clock } from '../base/index.ts';
import type { Committer, Engine } from './engine.ts';
import { etcdErrors } from './errors.ts';
import { checkKey, checkProposal } from './mvcc/check-request.ts';
import type { Proposal } from './mvcc/proposal.ts';
import type {
  DeleteRangeRequest,
  DeleteRangeResponse,
  Etcd,
  EtcdCapabilities,
  KeyRange,
  LeaseStatus,
  LocalEtcd,
  PutRequest,
  PutResponse,
  RangeRequest,
  RangeResponse,
  TxnRequest,
  TxnResponse,
  Watcher,
  WatchRequest,
  WatchResponse,
} from './types.ts';

export interface EmbeddedOptions {
  readonly clock: Clock;
  readonly durable: boolean;
  /** Bytes of keys and values, history included, above which nothing more may be put; deletions and compaction stay possible. */
  readonly quotaBytes: number;
}

/** etcd's default. */
export const defaultQuotaBytes = 2 * 1024 * 1024 * 1024;

/** The `Etcd` interface over an engine in this thread. Reads answer from the applied state; changes go through the committer. */
export class EmbeddedEtcd implements Etcd {
  readonly capabilities: EtcdCapabilities;
  readonly local: LocalEtcd;
  readonly #engine: Engine;
  readonly #committer: Committer;
  readonly #clock: Clock;
  readonly #quotaBytes: number;
  #leaseCounter = 0;
  #closed = false;

  constructor(engine: Engine, committer: Committer, options: EmbeddedOptions) {
    this.#engine = engine;
    this.#committer = committer;
    this.#clock = options.clock;
    this.#quotaBytes = options.quotaBytes;
    this.capabilities = { consistentReadsFromCache: true, durable: options.durable };
    this.local = {
      revision: () => engine.store.revision,
      listen: (range: KeyRange, listener: (response: WatchResponse) => void) => engine.hub.listen(range, listener),
    };
    engine.lead((p) => this.#propose(p));
  }

  async range(request: RangeRequest): Promise<RangeResponse> {
    this.#assertOpen();
    checkKey(request);
    return this.#engine.store.range(request);
  }

  put(request: PutRequest): Promise<PutResponse> {
    return this.#propose({ kind: 'put', request });
  }

  deleteRange(request: DeleteRangeRequest): Promise<DeleteRangeResponse> {
    return this.#propose({ kind: 'deleteRange', request }) as Promise<DeleteRangeResponse>;
  }

  txn(request: TxnRequest): Promise<TxnResponse> {
    return this.#propose({ kind: 'txn', request }) as Promise<TxnResponse>;
  }

  watch(request: WatchRequest): Watcher {
    this.#assertOpen();
    checkKey(request);
    return this.#engine.hub.watch(request);
  }

  async compact(revision: number): Promise<void> {
    await this.#propose({ kind: 'compact', revision });
  }

  async leaseGrant(ttlSeconds: number, id = 0): Promise<{ readonly id: number; readonly ttlSeconds: number }> {
    const granted = { id: id === 0 ? this.#chooseLeaseId() : id, ttlSeconds: Math.max(1, Math.ceil(ttlSeconds)) };
    await this.#propose({ kind: 'leaseGrant', ...granted });
    return granted;
  }

  async leaseRevoke(id: number): Promise<void> {
    await this.#propose({ kind: 'leaseRevoke', id });
  }

  async leaseKeepAlive(id: number): Promise<number> {
    this.#assertOpen();
    const { ttlSeconds } = this.#engine.store.leases.require(id);
    this.#engine.expiry.renew(id, ttlSeconds);
    return ttlSeconds;
  }

  async leaseTimeToLive(id: number): Promise<LeaseStatus> {
    this.#assertOpen();
    const lease = this.#engine.store.leases.get(id);
    if (!lease) return { id, ttlSeconds: -1, grantedTtlSeconds: 0, keys: [] };
    return { id, ttlSeconds: this.#engine.expiry.remainingSeconds(id), grantedTtlSeconds: lease.ttlSeconds, keys: [...lease.keys].sort() };
  }

  async status(): Promise<{ readonly revision: number; readonly compactRevision: number; readonly sizeBytes: number }> {
    this.#assertOpen();
    const { revision, compactRevision, sizeBytes } = this.#engine.store;
    return { revision, compactRevision, sizeBytes };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#engine.close();
    await this.#committer.close();
  }

  async #propose(p: Proposal): Promise<PutResponse> {
    this.#assertOpen();
    checkProposal(p);
    if (grows(p) && this.#engine.store.sizeBytes > this.#quotaBytes) throw etcdErrors.noSpace();
    return this.#committer.propose(p);
  }

  /** Distinct over restarts, since the time goes in, and below 2^53. */
  #chooseLeaseId(): number {
    for (;;) {
      const id = Math.floor(this.#clock.now()) * 1024 + (this.#leaseCounter++ % 1024);
      if (!this.#engine.store.leases.get(id)) return id;
    }
  }

  #assertOpen(): void {
    if (this.#closed) throw etcdErrors.unavailable('server stopped');
  }
}

/** What etcd refuses while it has no space: puts, transactions with a put, new leases. */
function grows(p: Proposal): boolean {
  if (p.kind === 'put' || p.kind === 'leaseGrant') return true;
  return p.kind === 'txn' && [...p.request.success, ...p.request.failure].some((op) => op.kind === 'put' || op.kind === 'txn');
}
