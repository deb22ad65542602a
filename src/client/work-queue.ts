import type { Clock, Timer } from '../base/index.ts';

/** How long a failing key waits: doubling from `baseDelayMs` to `maxDelayMs`, and never faster overall than a token bucket allows. */
export interface RateLimits {
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  readonly perSecond: number;
  readonly burst: number;
}

/** client-go's DefaultTypedControllerRateLimiter. */
export const defaultRateLimits: RateLimits = { baseDelayMs: 5, maxDelayMs: 1_000_000, perSecond: 10, burst: 100 };

/**
 * Keys to work on.
 *
 * - Dedup: a key added many times before it is taken is handled once.
 * - Fair: keys are taken in the order they were added.
 * - One worker a key: a key in work is not given to another worker.
 * - Nothing lost: a key added while in work is queued again when that work is `done`.
 *
 * Its length is bounded by the number of distinct keys, that is of objects.
 */
export interface WorkQueue {
  /** Keys waiting, those in work or delayed not counted. */
  readonly length: number;
  add(key: string): void;
  /** Adds after `delayMs`; of several delays of one key the soonest counts. */
  addAfter(key: string, delayMs: number): void;
  /** Adds after the key's back-off, which grows with each call until `forget`. */
  addRateLimited(key: string): void;
  /** The key's work succeeded, or is given up: its back-off starts over. */
  forget(key: string): void;
  /** Calls of `addRateLimited` since the last `forget`. */
  requeues(key: string): number;
  /** The next key, when there is one; undefined once the queue is shut down and empty. */
  take(): Promise<string | undefined>;
  /** Must follow every `take`. */
  done(key: string): void;
  /** No more adds; what waits is still given out. */
  shutDown(): void;
  /** Shuts down and resolves when nothing waits or is in work any more. */
  drain(): Promise<void>;
}

interface Delayed {
  readonly atMs: number;
  readonly timer: Timer;
}

class KeyQueue implements WorkQueue {
  /** What waits to be taken, in order, and what was added while in work. */
  readonly #dirty = new Set<string>();
  readonly #queue = new Set<string>();
  readonly #processing = new Set<string>();
  readonly #takers: ((key: string | undefined) => void)[] = [];
  readonly #delayed = new Map<string, Delayed>();
  readonly #failures = new Map<string, number>();
  readonly #drained: (() => void)[] = [];
  readonly #clock: Clock;
  readonly #limits: RateLimits;
  #shuttingDown = false;
  /** Token bucket: tokens as of `#tokensAtMs`; negative when tokens were promised ahead. */
  #tokens: number;
  #tokensAtMs: number;

  constructor(clock: Clock, limits: RateLimits) {
    this.#clock = clock;
    this.#limits = limits;
    this.#tokens = limits.burst;
    this.#tokensAtMs = clock.monotonicMs();
  }

  get length(): number {
    return this.#queue.size;
  }

  add(key: string): void {
    if (this.#shuttingDown || this.#dirty.has(key)) return;
    this.#dirty.add(key);
    if (this.#processing.has(key)) return;
    this.#enqueue(key);
  }

  #enqueue(key: string): void {
    const taker = this.#takers.shift();
    if (taker === undefined) {
      this.#queue.add(key);
      return;
    }
    this.#begin(key);
    taker(key);
  }

  #begin(key: string): void {
    this.#processing.add(key);
    this.#dirty.delete(key);
  }

  addAfter(key: string, delayMs: number): void {
    if (this.#shuttingDown) return;
    if (delayMs <= 0) return this.add(key);
    const atMs = this.#clock.monotonicMs() + delayMs;
    const present = this.#delayed.get(key);
    if (present !== undefined && present.atMs <= atMs) return;
    present?.timer.cancel();
    const timer = this.#clock.after(delayMs, () => {
      this.#delayed.delete(key);
      this.add(key);
    });
    this.#delayed.set(key, { atMs, timer });
  }

  addRateLimited(key: string): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const own = Math.min(this.#limits.maxDelayMs, this.#limits.baseDelayMs * 2 ** Math.min(failures, 60));
    this.addAfter(key, Math.max(own, this.#bucketDelayMs()));
  }

  #bucketDelayMs(): number {
    const { perSecond, burst } = this.#limits;
    const now = this.#clock.monotonicMs();
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#tokensAtMs) / 1000) * perSecond) - 1;
    this.#tokensAtMs = now;
    return this.#tokens >= 0 ? 0 : (-this.#tokens / perSecond) * 1000;
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  requeues(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  take(): Promise<string | undefined> {
    const [next] = this.#queue;
    if (next !== undefined) {
      this.#queue.delete(next);
      this.#begin(next);
      return Promise.resolve(next);
    }
    if (this.#shuttingDown) return Promise.resolve(undefined);
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  done(key: string): void {
    this.#processing.delete(key);
    if (this.#dirty.has(key)) this.#enqueue(key);
    this.#settle();
  }

  shutDown(): void {
    this.#shuttingDown = true;
    for (const { timer } of this.#delayed.values()) timer.cancel();
    this.#delayed.clear();
    for (const taker of this.#takers.splice(0)) taker(undefined);
    this.#settle();
  }

  drain(): Promise<void> {
    return new Promise((resolve) => {
      this.#drained.push(resolve);
      this.shutDown();
    });
  }

  #settle(): void {
    if (!this.#shuttingDown || this.#queue.size > 0 || this.#processing.size > 0) return;
    for (const resolve of this.#drained.splice(0)) resolve();
  }
}

/** An empty queue; delays run on `clock`. */
export function createWorkQueue(clock: Clock, limits: RateLimits = defaultRateLimits): WorkQueue {
  return new KeyQueue(clock, limits);
}
