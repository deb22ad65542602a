import type { Clock } from '../base/index.ts';
import type { Etcd } from '../etcd/index.ts';

/** As upstream's lease manager: objects that expire at about the same time share a lease, so that events do not make one each. */
const reuseSeconds = 60;
const maxObjects = 1000;

interface Shared {
  readonly id: Promise<number>;
  readonly untilMs: number;
  objects: number;
}

/** Leases for objects with a time to live: an object lives its time or up to a minute (at most 5 % of its time) longer. */
export class TtlLeases {
  readonly #etcd: Etcd;
  readonly #clock: Clock;
  readonly #byTtl = new Map<number, Shared>();

  constructor(etcd: Etcd, clock: Clock) {
    this.#etcd = etcd;
    this.#clock = clock;
  }

  /** The lease to put an object under. Rejects with what the store refuses. */
  async lease(ttlSeconds: number): Promise<number> {
    const known = this.#byTtl.get(ttlSeconds);
    if (known && known.objects < maxObjects && this.#clock.monotonicMs() < known.untilMs) {
      known.objects++;
      return known.id;
    }
    const extraSeconds = Math.min(reuseSeconds, Math.ceil(ttlSeconds * 0.05));
    const id = this.#etcd.leaseGrant(ttlSeconds + extraSeconds).then((l) => l.id);
    const shared = { id, untilMs: this.#clock.monotonicMs() + extraSeconds * 1000, objects: 1 };
    this.#byTtl.set(ttlSeconds, shared);
    id.catch(() => this.#byTtl.delete(ttlSeconds));
    return id;
  }

  /** After a write was refused because the lease is gone. */
  forget(): void {
    this.#byTtl.clear();
  }
}
