import type { Clock, Rng } from '../base/index.ts';

export interface BackoffOptions {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly initialMs: number;
  readonly maxMs: number;
  /** A pause this long between two waits starts the row over. */
  readonly resetAfterMs: number;
}

/** Waits that double from `initialMs` to `maxMs`, each lengthened at random by up to itself (wait.BackoffManager upstream). */
export class Backoff {
  readonly #options: BackoffOptions;
  #nextMs: number;
  #lastMs: number;

  constructor(options: BackoffOptions) {
    this.#options = options;
    this.#nextMs = options.initialMs;
    this.#lastMs = options.clock.monotonicMs();
  }

  /** The next wait in milliseconds, at most twice `maxMs`. */
  nextMs(): number {
    const { clock, rng, initialMs, maxMs, resetAfterMs } = this.#options;
    const now = clock.monotonicMs();
    if (now - this.#lastMs > resetAfterMs) this.#nextMs = initialMs;
    this.#lastMs = now;
    const base = this.#nextMs;
    this.#nextMs = Math.min(maxMs, base * 2);
    return Math.round(base * (1 + rng.next()));
  }

  reset(): void {
    this.#nextMs = this.#options.initialMs;
  }
}
