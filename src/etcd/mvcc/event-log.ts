import type { WatchEvent } from '../types.ts';

/**
 * All changes since the last compaction, in order. Positions are absolute: they stay valid when the front is dropped. Watchers are cursors
 * into it, so that nothing is queued for each of them.
 */
export class EventLog {
  #events: (WatchEvent | undefined)[] = [];
  /** Position of `#events[0]`. */
  #base = 0;
  /** Events dropped from the front of `#events`, whose room is given back from time to time. */
  #head = 0;

  /** The position of the first event still held. */
  get start(): number {
    return this.#base + this.#head;
  }

  /** The position after the last event. */
  get end(): number {
    return this.#base + this.#events.length;
  }

  append(events: readonly WatchEvent[]): void {
    for (const e of events) this.#events.push(e);
  }

  at(position: number): WatchEvent | undefined {
    return this.#events[position - this.#base];
  }

  /** The position of the first event with at least this revision. */
  seek(revision: number): number {
    let low = this.#head;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#events[middle]!.kv.modRevision < revision) low = middle + 1;
      else high = middle;
    }
    return this.#base + low;
  }

  /** Drops events before a position. */
  dropBefore(position: number): void {
    for (const until = position - this.#base; this.#head < until; this.#head++) this.#events[this.#head] = undefined;
    if (this.#head < 1024 || this.#head < this.#events.length / 2) return;
    this.#events = this.#events.slice(this.#head);
    this.#base += this.#head;
    this.#head = 0;
  }
}
