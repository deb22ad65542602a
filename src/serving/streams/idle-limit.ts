import type { Clock, Timer } from '../../base/index.ts';

/** Calls `onIdle` once when nothing has touched it for `limitMs`. */
export class IdleLimit {
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #onIdle: () => void;
  #lastMs: number;
  #timer: Timer;

  constructor(clock: Clock, limitMs: number, onIdle: () => void) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#onIdle = onIdle;
    this.#lastMs = clock.monotonicMs();
    this.#timer = clock.after(limitMs, this.#check);
  }

  touch(): void {
    this.#lastMs = this.#clock.monotonicMs();
  }

  cancel(): void {
    this.#timer.cancel();
  }

  readonly #check = (): void => {
    const leftMs = this.#lastMs + this.#limitMs - this.#clock.monotonicMs();
    if (leftMs <= 0) return this.#onIdle();
    this.#timer = this.#clock.after(leftMs, this.#check);
  };
}

/** Calls `run` every `intervalMs` until cancelled. */
export function every(clock: Clock, intervalMs: number, run: () => void): Timer {
  let timer = clock.after(intervalMs, tick);
  function tick(): void {
    run();
    timer = clock.after(intervalMs, tick);
  }
  return { cancel: () => timer.cancel() };
}
