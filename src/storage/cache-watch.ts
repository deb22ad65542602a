import type { EventHistory } from './event-history.ts';
import type { ResourceWatch, WatchItem } from './store.ts';
import type { Stored } from './stored.ts';
import type { Summary } from './types.ts';
import { type CacheEvent, Item } from './watch-item.ts';

/** Items in one `read`. */
const maxBatch = 500;

export interface CacheWatchOptions {
  /** Undefined = everything. */
  readonly matches: ((summary: Summary) => boolean) | undefined;
  /** Where in the history it starts. */
  readonly position: number;
  /** Events up to this revision are not for it. */
  readonly skipThrough?: number;
  /** Sent first as ADDED; selected already. */
  readonly initial?: readonly Stored[];
  /** Sent after `initial` with the annotation that ends it, at this revision. */
  readonly initialEventsEndAt?: number;
  readonly bookmarks: boolean;
}

interface Hooks {
  waiting(yes: boolean): void;
  gone(): void;
}

/** One watch: a cursor into the cache's history. It holds no queue of its own beyond what was there when it started. */
export class CacheWatch implements ResourceWatch {
  readonly #history: EventHistory;
  readonly #options: Omit<CacheWatchOptions, 'initial'> & Hooks;
  #position: number;
  #initial: readonly Stored[];
  #initialAt = 0;
  #initialEndDue: boolean;
  #dueBookmark: Item | undefined;
  #waiter: ((items: readonly WatchItem[] | undefined) => void) | undefined;
  #closed = false;

  constructor(history: EventHistory, options: CacheWatchOptions & Hooks) {
    this.#history = history;
    const { initial, ...rest } = options;
    this.#options = rest;
    this.#initial = initial ?? [];
    this.#position = options.position;
    this.#initialEndDue = options.initialEventsEndAt !== undefined;
  }

  read(): Promise<readonly WatchItem[] | undefined> {
    if (this.#waiter) return Promise.reject(new Error('one read at a time'));
    const items = this.#next();
    if (items === undefined || items.length > 0) return Promise.resolve(items);
    return new Promise((resolve) => {
      this.#waiter = resolve;
      this.#options.waiting(true);
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.gone();
    this.wake();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Looks for something to tell the waiting reader. Since it began to wait, nothing before `quietUpTo` was for this watch. */
  wake(quietUpTo = 0): void {
    if (!this.#waiter) return;
    if (quietUpTo > this.#position) this.#position = quietUpTo;
    const items = this.#next();
    if (items !== undefined && items.length === 0) return;
    const waiter = this.#waiter;
    this.#waiter = undefined;
    this.#options.waiting(false);
    waiter(items);
  }

  /** A bookmark goes out behind all that came before it; a newer one replaces one that is still due. */
  bookmark(item: Item, quietUpTo: number): void {
    if (!this.#options.bookmarks) return;
    this.#dueBookmark = item;
    this.wake(quietUpTo);
  }

  #next(): readonly WatchItem[] | undefined {
    if (this.#closed) return undefined;
    const history = this.#history;
    if (this.#position < history.start) {
      // Fell behind: what it missed is gone. The client asks again from where it was and learns from the answer.
      this.#closed = true;
      this.#options.gone();
      return undefined;
    }
    const items: WatchItem[] = [];
    if (this.#initial.length > 0) {
      for (const object of this.#initial.slice(this.#initialAt, this.#initialAt + maxBatch)) {
        items.push(new Item('ADDED', object.revision, { object }));
      }
      this.#initialAt += maxBatch;
      // A watch may live for long: it must not keep old states.
      if (this.#initialAt >= this.#initial.length) this.#initial = [];
      return items;
    }
    if (this.#initialEndDue) {
      this.#initialEndDue = false;
      items.push(new Item('BOOKMARK', this.#options.initialEventsEndAt!, { initialEventsEnd: true }));
    }
    const { end } = history;
    while (this.#position < end && items.length < maxBatch) {
      const item = this.#seen(history.at(this.#position++));
      if (item) items.push(item);
    }
    if (this.#dueBookmark && this.#position >= end) {
      items.push(this.#dueBookmark);
      this.#dueBookmark = undefined;
    }
    return items;
  }

  /** The event as this watch's selector shows it. */
  #seen(event: CacheEvent): Item | undefined {
    const { matches, skipThrough } = this.#options;
    if (skipThrough !== undefined && event.revision <= skipThrough) return undefined;
    if (!matches) return event.item;
    const { type } = event.item;
    const was = event.previous !== undefined && matches(event.previous.summary);
    if (type === 'DELETED') return was ? event.item : undefined;
    const is = matches(event.object.summary);
    if (is) return was === (type === 'MODIFIED') ? event.item : event.added;
    return was ? event.left : undefined;
  }
}
