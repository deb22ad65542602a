import { assert, SortedMap } from '../base/index.ts';
import { CacheWatch, type CacheWatchOptions } from './cache-watch.ts';
import { EventHistory } from './event-history.ts';
import { Recency } from './recency.ts';
import { compileSelection } from './selection.ts';
import { storageErrors } from './storage-errors.ts';
import type { Selection } from './store.ts';
import type { Stored } from './stored.ts';
import { WaitingWatches } from './waiting-watches.ts';
import { CacheEvent, Item } from './watch-item.ts';

/** Items whose frames are kept for the watchers that have not asked yet. */
const sharedFrames = 256;

export interface WatchCacheOptions {
  /** The definition's selectable fields, as in summaries. */
  readonly fieldNames: readonly string[];
  /** Those of them to index. */
  readonly indexes: readonly string[];
  readonly maxEvents: number;
  readonly maxBytes: number;
  /** Runs a function in the next turn of the event loop: what happens until then is delivered together. */
  readonly defer: (run: () => void) => void;
}

/** One change as the store reports it, decoded. */
export type Change = { readonly key: string; readonly revision: number; readonly stored: Stored | undefined };

/**
 * The objects of one resource as of `revision`, in order of key, with their recent history and the watches on it. Synchronous: `load` and
 * `apply` are called by whoever follows the store.
 */
export class WatchCache {
  readonly #options: WatchCacheOptions;
  readonly #maxUndelivered: number;
  #objects = new SortedMap<Stored>();
  readonly #indexes = new Map<string, { readonly at: number; readonly byValue: Map<string, SortedMap<Stored>> }>();
  #history: EventHistory;
  #revision = 0;
  #changedAt = 0;
  #snapshot: { readonly changedAt: number; readonly objects: SortedMap<Stored> } | undefined;
  readonly #watches = new Set<CacheWatch>();
  readonly #waiting: WaitingWatches;
  /** All events before this position have been offered to who waited. */
  #deliveredEnd = 0;
  #deliveryDue = false;
  readonly #recentFrames = new Recency<Item>(sharedFrames, (item) => item.forgetFrames());

  constructor(options: WatchCacheOptions) {
    this.#options = options;
    this.#maxUndelivered = Math.max(1, Math.floor(options.maxEvents / 4));
    this.#history = new EventHistory(0, options);
    for (const field of options.indexes) {
      const at = options.fieldNames.indexOf(field);
      assert(at >= 0, `indexed field ${field} is a selectable field`);
      this.#indexes.set(field, { at, byValue: new Map() });
    }
    this.#waiting = new WaitingWatches([...this.#indexes].map(([field, { at }]) => ({ field, at })));
  }

  get revision(): number {
    return this.#revision;
  }

  /** The revision of the last change: the content is the same at every revision from here to `revision`. */
  get changedAt(): number {
    return this.#changedAt;
  }

  get size(): number {
    return this.#objects.size;
  }

  get watchCount(): number {
    return this.#watches.size;
  }

  /** Starts from a full read of the store. Watches from before have a gap: they end. */
  load(objects: Iterable<readonly [string, Stored]>, revision: number): void {
    this.end();
    this.#objects = new SortedMap();
    for (const index of this.#indexes.values()) index.byValue.clear();
    for (const [key, stored] of objects) {
      this.#objects.set(key, stored);
      this.#index(key, undefined, stored);
    }
    this.#history = new EventHistory(revision, this.#options);
    this.#deliveredEnd = this.#history.end;
    this.#revision = revision;
    this.#changedAt = revision;
    this.#snapshot = undefined;
  }

  /** Takes the changes of one or more revisions, in order. */
  apply(changes: readonly Change[], revision: number): void {
    for (const change of changes) this.#applyOne(change);
    this.progress(revision);
    if (changes.length === 0) return;
    // Writers that never leave the turn (everything in one process, in memory) must not push readers out of the history.
    if (this.#history.end - this.#deliveredEnd >= this.#maxUndelivered) this.#deliver();
    else this.#deliverSoon();
  }

  /** Everything up to `revision` has been seen. */
  progress(revision: number): void {
    if (revision > this.#revision) this.#revision = revision;
  }

  #applyOne({ key, revision, stored }: Change): void {
    const previous = this.#objects.get(key);
    // A deletion of what the cache never had, or what the initial read has shown already.
    if (!stored && !previous) return;
    if (stored) this.#objects.set(key, stored);
    else this.#objects.delete(key);
    this.#index(key, previous, stored);
    this.#changedAt = revision;
    const type = !stored ? 'DELETED' : previous ? 'MODIFIED' : 'ADDED';
    const event = new CacheEvent(type, key, { object: stored ?? previous!.at(revision), previous, shared: this.#recentFrames });
    this.#history.push(event);
    this.#waiting.note(event);
  }

  #index(key: string, previous: Stored | undefined, next: Stored | undefined): void {
    for (const { at, byValue } of this.#indexes.values()) {
      const was = previous?.summary.fields[at];
      const is = next?.summary.fields[at];
      if (was !== undefined && was !== is) {
        const bucket = byValue.get(was);
        bucket?.delete(key);
        if (bucket?.size === 0) byValue.delete(was);
      }
      if (is === undefined) continue;
      const bucket = byValue.get(is);
      if (bucket) bucket.set(key, next!);
      else {
        const fresh = new SortedMap<Stored>();
        fresh.set(key, next!);
        byValue.set(is, fresh);
      }
    }
  }

  get(key: string): Stored | undefined {
    return this.#objects.get(key);
  }

  /** The content as of now, unaffected by later changes; the same object until something changes. */
  snapshot(): SortedMap<Stored> {
    if (this.#snapshot?.changedAt !== this.#changedAt) this.#snapshot = { changedAt: this.#changedAt, objects: this.#objects.clone() };
    return this.#snapshot.objects;
  }

  /** Where a selection must look: the smallest map that holds all it can match. */
  candidates(selection: Selection): SortedMap<Stored> {
    if (!selection.indexed) return this.#objects;
    const index = this.#indexes.get(selection.indexed.field);
    return index ? (index.byValue.get(selection.indexed.value) ?? noObjects) : this.#objects;
  }

  /**
   * A watch from `fromRevision` on, or from now with what is there (`initial`). Throws Expired when history does not reach back.
   * A revision in the future skips what comes before it.
   */
  watch(selection: Selection, options: Omit<CacheWatchOptions, 'matches' | 'position'> & { readonly fromRevision?: number }): CacheWatch {
    const { fromRevision } = options;
    if (fromRevision !== undefined && fromRevision < this.#history.floorRevision) {
      throw storageErrors.tooOldWatch(fromRevision, this.#history.floorRevision);
    }
    const position = fromRevision === undefined ? this.#history.end : this.#history.seekAfter(fromRevision);
    const topic = this.#waiting.topicOf(selection);
    const watch: CacheWatch = new CacheWatch(this.#history, {
      ...options,
      skipThrough: fromRevision ?? 0,
      position,
      matches: compileSelection(selection, this.#options.fieldNames),
      waiting: (yes) => (yes ? this.#waiting.add(watch, topic) : this.#waiting.remove(watch, topic)),
      gone: () => {
        this.#watches.delete(watch);
        this.#waiting.remove(watch, topic);
      },
    });
    this.#watches.add(watch);
    return watch;
  }

  /** Offers a bookmark to each watch that wants them. */
  bookmark(revision: number): void {
    const item = new Item('BOOKMARK', revision, { shared: this.#recentFrames });
    for (const watch of this.#watches) watch.bookmark(item, this.#deliveredEnd);
  }

  /** Ends all watches. */
  end(): void {
    for (const watch of [...this.#watches]) watch.close();
  }

  #deliverSoon(): void {
    if (this.#deliveryDue) return;
    this.#deliveryDue = true;
    this.#options.defer(() => {
      this.#deliveryDue = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    const quietUpTo = this.#deliveredEnd;
    this.#deliveredEnd = this.#history.end;
    for (const watch of this.#waiting.take()) watch.wake(quietUpTo);
  }
}

const noObjects = new SortedMap<Stored>();
