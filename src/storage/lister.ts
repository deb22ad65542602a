import type { Clock, SortedMap } from '../base/index.ts';
import { type Etcd, EtcdError, type KeyValue } from '../etcd/index.ts';
import { decodeContinue, encodeContinue } from './continue-token.ts';
import type { CacheFeed } from './cache-feed.ts';
import { prefixEnd } from './keys.ts';
import { compileSelection, hasSelector } from './selection.ts';
import { storageErrors } from './storage-errors.ts';
import type { ListOptions, ListResult, Selection } from './store.ts';
import type { Stored } from './stored.ts';
import type { Summary } from './types.ts';
import type { WatchCache } from './watch-cache.ts';

export interface ListerOptions {
  readonly etcd: Etcd;
  readonly clock: Clock;
  readonly prefix: string;
  readonly cache: WatchCache;
  readonly feed: CacheFeed;
  readonly fieldNames: readonly string[];
  readonly decode: (kv: KeyValue) => Stored | Promise<Stored>;
}

/** Snapshots kept for the next pages of lists: upstream's clients page within seconds; etcd's history serves later ones. */
const maxSnapshots = 16;
const snapshotLifeMs = 5 * 60_000;
/** Places in lists whose remaining items are remembered. */
const maxCounts = 64;
/** Keys read at once from history when a selector leaves most of them out. */
const historyPage = 500;

/** A part of the keys, relative to the resource's prefix. */
interface Slice {
  readonly low: string;
  readonly high: string | undefined;
}

/** LIST of one resource: which revision to answer at, and from where (the cache, a snapshot of it, the store's history). */
export class Lister {
  readonly #options: ListerOptions;
  readonly #snapshots = new Map<number, { readonly objects: SortedMap<Stored>; readonly madeAtMs: number }>();
  /** Items from a place on, by revision, place and end. */
  readonly #counts = new Map<string, number>();

  constructor(options: ListerOptions) {
    this.#options = options;
  }

  async list(options: ListOptions): Promise<ListResult> {
    if (options.continue) return this.#nextPage(options, options.continue);
    const asked = options.resourceVersion ?? '';
    const slice = sliceOf(options);
    if (asked === '' || asked === '0') {
      if (!this.#options.feed.current) await (asked === '' ? this.#options.feed.sync() : this.#options.feed.ready());
      return this.#fromCache(options, slice);
    }
    const revision = Number(asked);
    const exact = options.resourceVersionMatch === 'Exact' || (!options.resourceVersionMatch && (options.limit ?? 0) > 0);
    if (!(await this.#options.feed.waitFor(revision))) throw storageErrors.tooLargeResourceVersion(revision, this.#options.feed.revision());
    if (!exact) return this.#fromCache(options, slice);
    return this.#atRevision(options, { slice, revision, expired: () => storageErrors.tooOldList() });
  }

  async #nextPage(options: ListOptions, token: string): Promise<ListResult> {
    await this.#options.feed.ready();
    const point = decodeContinue(token);
    const whole = sliceOf(options);
    const slice = { low: whole.low + point.start, high: whole.high };
    // Consistency was given up by the client when it used an expired list's token.
    if (point.revision < 0) {
      await this.#options.feed.sync();
      return this.#fromCache(options, slice);
    }
    const inconsistent = encodeContinue({ start: point.start, revision: -1 });
    return this.#atRevision(options, { slice, revision: point.revision, expired: () => storageErrors.expiredContinue(inconsistent) });
  }

  #fromCache(options: ListOptions, slice: Slice): ListResult {
    const { cache, feed } = this.#options;
    const revision = feed.revision();
    const page = this.#page(cache.candidates(options), options, { ...slice, revision });
    if (page.next !== '') this.#keepSnapshot(revision);
    return this.#result(options, page, revision);
  }

  async #atRevision(options: ListOptions, at: { slice: Slice; revision: number; expired: () => Error }): Promise<ListResult> {
    const { cache, feed } = this.#options;
    const { revision, slice } = at;
    const kept = this.#snapshots.get(revision);
    const unchanged = revision >= cache.changedAt && revision <= feed.revision();
    const objects = kept?.objects ?? (unchanged ? cache.snapshot() : undefined);
    if (objects) return this.#result(options, this.#page(objects, options, { ...slice, revision }), revision);
    try {
      return await this.#fromHistory(options, slice, revision);
    } catch (error) {
      if (error instanceof EtcdError && error.code === 'compacted') throw at.expired();
      if (error instanceof EtcdError && error.code === 'future-revision') throw storageErrors.tooLargeResourceVersion(revision, feed.revision());
      throw error;
    }
  }

  /** Walks a slice in order of key until the page is full. */
  #page(objects: SortedMap<Stored>, options: ListOptions, slice: Slice & { readonly revision: number }): Page {
    const limit = options.limit && options.limit > 0 ? options.limit : Number.POSITIVE_INFINITY;
    const matches = compileSelection(options, this.#options.fieldNames);
    const items: Stored[] = [];
    let lastKey = '';
    let more = false;
    objects.forRange(slice.low, slice.high, (stored, key) => {
      if (matches && !matches(stored.summary)) return true;
      if (items.length === limit) {
        more = true;
        return false;
      }
      items.push(stored);
      lastKey = key;
      return true;
    });
    if (!more) return { items, next: '', remaining: 0 };
    const next = `${lastKey}\0`;
    return { items, next, remaining: hasSelector(options) ? 0 : this.#remaining(objects, { slice, next, taken: items.length }) };
  }

  /** How many follow `next`: what followed the page before, less this one, where that is known. Counting is a walk. */
  #remaining(
    objects: SortedMap<Stored>,
    page: { readonly slice: Slice & { readonly revision: number }; readonly next: string; readonly taken: number },
  ): number {
    const { low, high, revision } = page.slice;
    const keyOf = (start: string) => JSON.stringify([revision, start, high]);
    const known = this.#counts.get(keyOf(low));
    const remaining = known === undefined ? objects.countRange(page.next, high) : known - page.taken;
    this.#counts.set(keyOf(page.next), remaining);
    if (this.#counts.size > maxCounts) this.#counts.delete(this.#counts.keys().next().value!);
    return remaining;
  }

  async #fromHistory(options: ListOptions, slice: Slice, revision: number): Promise<ListResult> {
    const { etcd, prefix } = this.#options;
    const limit = options.limit && options.limit > 0 ? options.limit : 0;
    const matches = compileSelection(options, this.#options.fieldNames);
    const rangeEnd = slice.high === undefined ? prefixEnd(prefix) : prefix + slice.high;
    const items: Stored[] = [];
    let key = prefix + slice.low;
    for (;;) {
      const page = limit === 0 ? 0 : matches ? historyPage : limit - items.length;
      const read = await etcd.range({ key, rangeEnd, revision, limit: page });
      for (const [i, kv] of read.kvs.entries()) {
        key = `${kv.key}\0`;
        const stored = await this.#options.decode(kv);
        if (matches && !matches(stored.summary)) continue;
        items.push(stored);
        if (items.length < limit || limit === 0) continue;
        const remaining = read.count - i - 1;
        const next = remaining > 0 ? key.slice(prefix.length) : '';
        return this.#result(options, { items, next, remaining: hasSelector(options) ? 0 : remaining }, revision);
      }
      if (!read.more) return this.#result(options, { items, next: '', remaining: 0 }, revision);
    }
  }

  #result(options: ListOptions, page: Page, revision: number): ListResult {
    if (page.next === '') return { revision, items: page.items, continue: '', remainingItemCount: undefined };
    const start = page.next.slice(sliceOf(options).low.length);
    return {
      revision,
      items: page.items,
      continue: encodeContinue({ start, revision }),
      remainingItemCount: page.remaining > 0 ? page.remaining : undefined,
    };
  }

  #keepSnapshot(revision: number): void {
    const now = this.#options.clock.monotonicMs();
    for (const [kept, { madeAtMs }] of this.#snapshots) {
      if (this.#snapshots.size < maxSnapshots && now - madeAtMs < snapshotLifeMs) break;
      this.#snapshots.delete(kept);
    }
    if (!this.#snapshots.has(revision)) this.#snapshots.set(revision, { objects: this.#options.cache.snapshot(), madeAtMs: now });
  }

  /** After a reload revisions may mean something else. */
  forget(): void {
    this.#snapshots.clear();
  }
}

interface Page {
  readonly items: readonly Stored[];
  /** The first key after the page, relative to the resource; '' when there is none. */
  readonly next: string;
  readonly remaining: number;
}

function sliceOf(selection: Selection): Slice {
  if (!selection.namespace) return { low: '', high: undefined };
  const low = `${selection.namespace}/`;
  return { low, high: prefixEnd(low) };
}

/** What is in the cache now and selected, in order of key: the initial events of a watch. */
export function selected(cache: WatchCache, selection: Selection, matches: ((s: Summary) => boolean) | undefined): Stored[] {
  const { low, high } = sliceOf(selection);
  const out: Stored[] = [];
  cache.candidates(selection).forRange(low, high, (stored) => {
    if (!matches || matches(stored.summary)) out.push(stored);
  });
  return out;
}
