import type { Clock } from '../../base/index.ts';

interface Entry<V> {
  readonly value: V;
  readonly untilMs: number;
}

/** Values for a time, at most `capacity` of them: the one not asked for the longest goes first. */
export class LruCache<V> {
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #entries = new Map<string, Entry<V>>();

  constructor(capacity: number, clock: Clock) {
    this.#capacity = capacity;
    this.#clock = clock;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    if (this.#clock.monotonicMs() >= entry.untilMs) return undefined;
    this.#entries.set(key, entry);
    return entry.value;
  }

  set(key: string, value: V, ttlMs: number): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, untilMs: this.#clock.monotonicMs() + ttlMs });
    if (this.#entries.size <= this.#capacity) return;
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
  }
}
