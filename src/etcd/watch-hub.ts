import { covers } from './mvcc/check-request.ts';
import type { EventLog } from './mvcc/event-log.ts';
import { etcdErrors } from './errors.ts';
import { maxWatchBatch } from './limits.ts';
import type { KeyRange, Watcher, WatchEvent, WatchRequest, WatchResponse } from './types.ts';

/** What the hub needs of the store. */
export interface WatchSource {
  readonly log: EventLog;
  readonly revision: number;
  readonly compactRevision: number;
}

interface Waiter {
  readonly resolve: (response: WatchResponse | undefined) => void;
  readonly reject: (error: unknown) => void;
}

interface Listener {
  readonly range: KeyRange;
  readonly call: (response: WatchResponse) => void;
}

/** The watches of one store: each a cursor into its event log. `committed` is called after each applied proposal. */
export class WatchHub {
  readonly #source: WatchSource;
  /** Watchers with a reader waiting; the others are not looked at when something happens. */
  readonly #waiting = new Set<LogWatcher>();
  readonly #listeners = new Set<Listener>();
  readonly #all = new Set<LogWatcher>();

  constructor(source: WatchSource) {
    this.#source = source;
  }

  watch(request: WatchRequest): Watcher {
    const watcher: LogWatcher = new LogWatcher(this.#source, request, {
      waiting: (yes) => (yes ? this.#waiting.add(watcher) : this.#waiting.delete(watcher)),
      gone: () => this.#all.delete(watcher),
    });
    this.#all.add(watcher);
    return watcher;
  }

  listen(range: KeyRange, call: (response: WatchResponse) => void): { cancel(): void } {
    const listener = { range, call };
    this.#listeners.add(listener);
    return { cancel: () => this.#listeners.delete(listener) };
  }

  /** Passes on the events of a revision. */
  committed(events: readonly WatchEvent[]): void {
    if (events.length === 0) return;
    for (const { range, call } of this.#listeners) {
      const mine = events.length === 1 ? (covers(range, events[0]!.kv.key) ? events : []) : events.filter((e) => covers(range, e.kv.key));
      if (mine.length > 0) call({ revision: this.#source.revision, events: mine });
    }
    for (const watcher of this.#waiting) watcher.wake();
  }

  /** Tells waiting readers of a clock's tick that asked for progress. */
  progress(): void {
    for (const watcher of this.#waiting) watcher.progressTick();
  }

  close(): void {
    for (const watcher of [...this.#all]) watcher.cancel();
    this.#listeners.clear();
  }
}

class LogWatcher implements Watcher {
  readonly #source: WatchSource;
  readonly #request: WatchRequest;
  readonly #hooks: { waiting(yes: boolean): void; gone(): void };
  #position: number;
  #startRevision: number;
  #waiter: Waiter | undefined;
  #progressAsked = false;
  #cancelled = false;

  constructor(source: WatchSource, request: WatchRequest, hooks: { waiting(yes: boolean): void; gone(): void }) {
    this.#source = source;
    this.#request = request;
    this.#hooks = hooks;
    this.#startRevision = request.startRevision ? request.startRevision : source.revision + 1;
    this.#position = source.log.seek(this.#startRevision);
  }

  read(): Promise<WatchResponse | undefined> {
    if (this.#waiter) return Promise.reject(new Error('one read at a time'));
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
      this.#hooks.waiting(true);
      this.wake();
    });
  }

  requestProgress(): void {
    this.#progressAsked = true;
    this.wake();
  }

  progressTick(): void {
    if (this.#request.progressNotify && this.#waiter) this.requestProgress();
  }

  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    this.#hooks.gone();
    this.wake();
  }

  /** Answers the waiting reader if there is something to tell. */
  wake(): void {
    const waiter = this.#waiter;
    if (!waiter) return;
    if (this.#cancelled) return this.#answer((w) => w.resolve(undefined));
    // Below a compaction this watch has missed what it was promised, whether it never read it or asked for it too late.
    if (this.#startRevision < this.#source.compactRevision) {
      this.#hooks.gone();
      return this.#answer((w) => w.reject(etcdErrors.compacted(this.#source.compactRevision)));
    }
    const events = this.#take();
    if (events.length > 0) {
      const last = events.at(-1)!.kv.modRevision;
      this.#answer((w) => w.resolve({ revision: this.#atEnd() ? this.#source.revision : last, events }));
    } else if (this.#progressAsked && this.#startRevision <= this.#source.revision + 1) {
      this.#progressAsked = false;
      this.#answer((w) => w.resolve({ revision: this.#source.revision, events: [] }));
    }
  }

  #atEnd(): boolean {
    return this.#position >= this.#source.log.end;
  }

  #take(): WatchEvent[] {
    const { log } = this.#source;
    const taken: WatchEvent[] = [];
    let position = this.#position;
    for (; position < log.end; position++) {
      const event = log.at(position)!;
      const revision = event.kv.modRevision;
      if (taken.length >= maxWatchBatch && revision !== taken.at(-1)!.kv.modRevision) break;
      if (revision < this.#startRevision || !covers(this.#request, event.kv.key)) continue;
      taken.push(this.#request.prevKv || !event.prevKv ? event : { type: event.type, kv: event.kv });
    }
    this.#position = position;
    this.#startRevision = Math.max(this.#startRevision, position >= log.end ? this.#source.revision + 1 : log.at(position)!.kv.modRevision);
    return taken;
  }

  #answer(how: (waiter: Waiter) => void): void {
    const waiter = this.#waiter!;
    this.#waiter = undefined;
    this.#hooks.waiting(false);
    how(waiter);
  }
}
