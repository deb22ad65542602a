import type { Clock, Timer } from '../base/index.ts';

/**
 * When leases end, by the clock. Deadlines are not stored: a restart gives every lease its full time again, as etcd does without lease
 * checkpoints. One timer, set to the earliest deadline.
 */
export class LeaseExpiry {
  readonly #clock: Clock;
  readonly #expire: (id: number) => void;
  readonly #deadlines = new Map<number, number>();
  #timer: Timer | undefined;
  #timerAtMs = Number.POSITIVE_INFINITY;
  #closed = false;

  /** `expire` is called once for each lease that is over; it revokes it. */
  constructor(clock: Clock, expire: (id: number) => void) {
    this.#clock = clock;
    this.#expire = expire;
  }

  /** (Re)starts a lease's time. */
  renew(id: number, ttlSeconds: number): void {
    const deadline = this.#clock.monotonicMs() + ttlSeconds * 1000;
    this.#deadlines.set(id, deadline);
    if (deadline < this.#timerAtMs) this.#schedule(deadline);
  }

  remove(id: number): void {
    this.#deadlines.delete(id);
  }

  /** Whole seconds left; 0 when it is over or unknown. */
  remainingSeconds(id: number): number {
    const deadline = this.#deadlines.get(id);
    return deadline === undefined ? 0 : Math.max(0, Math.ceil((deadline - this.#clock.monotonicMs()) / 1000));
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  #schedule(atMs: number): void {
    if (this.#closed) return;
    this.#timer?.cancel();
    this.#timerAtMs = atMs;
    // A timer's delay has 31 bits; a longer lease is looked at again then.
    const delayMs = Math.min(Math.max(0, atMs - this.#clock.monotonicMs()), 2 ** 31 - 1);
    this.#timer = this.#clock.after(delayMs, () => this.#check());
  }

  #check(): void {
    const now = this.#clock.monotonicMs();
    let next = Number.POSITIVE_INFINITY;
    for (const [id, deadline] of this.#deadlines) {
      if (deadline > now) next = Math.min(next, deadline);
      else {
        this.#deadlines.delete(id);
        this.#expire(id);
      }
    }
    this.#timerAtMs = Number.POSITIVE_INFINITY;
    if (next < Number.POSITIVE_INFINITY) this.#schedule(next);
  }
}
