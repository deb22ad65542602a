import { etcdErrors } from '../errors.ts';

interface Lease {
  readonly id: number;
  readonly ttlSeconds: number;
  readonly keys: Set<string>;
}

/** Which keys hang on which lease. Knows no time: when a lease ends is decided outside and comes back as a proposal. */
export class Leases {
  readonly #leases = new Map<number, Lease>();

  grant(id: number, ttlSeconds: number): void {
    if (this.#leases.has(id)) throw etcdErrors.leaseExists();
    this.#leases.set(id, { id, ttlSeconds, keys: new Set() });
  }

  get(id: number): Lease | undefined {
    return this.#leases.get(id);
  }

  require(id: number): Lease {
    const lease = this.#leases.get(id);
    if (!lease) throw etcdErrors.leaseNotFound();
    return lease;
  }

  remove(id: number): void {
    this.#leases.delete(id);
  }

  attach(id: number, key: string): void {
    if (id !== 0) this.#leases.get(id)?.keys.add(key);
  }

  detach(id: number, key: string): void {
    if (id !== 0) this.#leases.get(id)?.keys.delete(key);
  }

  all(): Iterable<{ readonly id: number; readonly ttlSeconds: number }> {
    return this.#leases.values();
  }
}
