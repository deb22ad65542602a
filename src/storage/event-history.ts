import type { CacheEvent } from './watch-item.ts';

/**
 * The latest events of a resource, within bounds. Watches are cursors into it (absolute positions), so a slow watcher holds nothing: it ends
 * when what it missed has been dropped. Whole revisions are dropped.
 */
export class EventHistory {
  #events: (CacheEvent | undefined)[] = [];
  /** Index into `#events` of the first one held. */
  #head = 0;
  /** Position of `#events[0]`. */
  #base = 0;
  #bytes = 0;
  #floorRevision: number;
  readonly #maxEvents: number;
  readonly #maxBytes: number;

  constructor(floorRevision: number, limits: { readonly maxEvents: number; readonly maxBytes: number }) {
    this.#floorRevision = floorRevision;
    this.#maxEvents = limits.maxEvents;
    this.#maxBytes = limits.maxBytes;
  }

  /** All events after this revision are held. */
  get floorRevision(): number {
    return this.#floorRevision;
  }

  get start(): number {
    return this.#base + this.#head;
  }

  get end(): number {
    return this.#base + this.#events.length;
  }

  at(position: number): CacheEvent {
    return this.#events[position - this.#base]!;
  }

  push(event: CacheEvent): void {
    this.#events.push(event);
    this.#bytes += heldBy(event);
    while (this.#tooMuch()) this.#dropRevision();
  }

  /** The position of the first event after `revision`. */
  seekAfter(revision: number): number {
    let low = this.start;
    let high = this.end;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.at(middle).revision <= revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #tooMuch(): boolean {
    const held = this.#events.length - this.#head;
    // The newest revision stays, however large.
    return held > 1 && (held > this.#maxEvents || this.#bytes > this.#maxBytes);
  }

  #dropRevision(): void {
    const { revision } = this.#events[this.#head]!;
    while (this.#head < this.#events.length && this.#events[this.#head]!.revision === revision) {
      this.#bytes -= heldBy(this.#events[this.#head]!);
      this.#events[this.#head++] = undefined;
    }
    this.#floorRevision = revision;
    if (this.#head > 1024 && this.#head > this.#events.length / 2) {
      this.#events = this.#events.slice(this.#head);
      this.#base += this.#head;
      this.#head = 0;
    }
  }
}

/** The previous state counts as well: it is held by nobody else once its own event has been dropped. */
function heldBy(event: CacheEvent): number {
  return event.object.bytes.length + (event.previous?.bytes.length ?? 0);
}
