import type { Clock, Logger } from '../base/index.ts';
import { type Etcd, EtcdError, type KeyValue, type Watcher, type WatchResponse } from '../etcd/index.ts';
import { prefixEnd } from './keys.ts';
import type { Stored } from './stored.ts';
import type { Change, WatchCache } from './watch-cache.ts';

export interface CacheFeedOptions {
  readonly etcd: Etcd;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of all the resource's keys, with the slash at its end. */
  readonly prefix: string;
  readonly cache: WatchCache;
  /** Builds the object of a stored value; asynchronous only where decryption is. */
  readonly decode: (kv: KeyValue) => Stored | Promise<Stored>;
}

/** Time that loading may hold the event loop in one go, in milliseconds. */
const sliceMs = 5;
const retryMs = 1000;
const syncTimeoutMs = 3000;

/**
 * Keeps a cache as new as its store. With a store in this thread the cache changes inside the store's own commit, so it is never behind;
 * with one elsewhere it follows a watch, and asks for progress when a reader needs to be sure.
 */
export class CacheFeed {
  readonly #options: CacheFeedOptions;
  readonly #range: { readonly key: string; readonly rangeEnd: string };
  #ready: Promise<void> | undefined;
  #isReady = false;
  #closed = false;
  #watcher: Watcher | undefined;
  #listener: { cancel(): void } | undefined;
  /** Responses that wait for a decryption before them. */
  #backlog: Promise<void> | undefined;
  readonly #revisionWaiters = new Set<{ readonly revision: number; readonly done: () => void; readonly giveUp: () => void }>();

  constructor(options: CacheFeedOptions) {
    this.#options = options;
    this.#range = { key: options.prefix, rangeEnd: prefixEnd(options.prefix) };
  }

  /** Whether a read may go to the cache at once and see all that the store has acknowledged. */
  get current(): boolean {
    return this.#isReady && this.#options.etcd.local !== undefined && this.#backlog === undefined;
  }

  /** Starts with the first call; resolves when the cache is loaded. */
  ready(): Promise<void> {
    if (this.#closed) return Promise.reject(new EtcdError('unavailable', 'the resource is no longer served'));
    return (this.#ready ??= this.#start().catch((error: unknown) => {
      // The next caller tries again.
      this.#listener?.cancel();
      this.#ready = undefined;
      throw error;
    }));
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** The revision up to which everything is in the cache. */
  revision(): number {
    const { etcd, cache } = this.#options;
    if (this.current) cache.progress(etcd.local!.revision());
    return cache.revision;
  }

  /** Resolves when the cache has all that the store had acknowledged before the call. Rejects after 3 s. */
  async sync(): Promise<void> {
    await this.ready();
    const { etcd } = this.#options;
    if (etcd.local) {
      await this.#backlog;
      return;
    }
    const { revision } = await etcd.range({ key: this.#range.key });
    if (!(await this.waitFor(revision))) throw new EtcdError('unavailable', 'the watch cache does not catch up with the store');
  }

  /** Resolves with true once the cache has seen `revision`, with false after 3 s. */
  async waitFor(revision: number): Promise<boolean> {
    if (this.#closed) return false;
    await this.ready();
    if (this.revision() >= revision) return true;
    this.#watcher?.requestProgress();
    return new Promise((resolve) => {
      const finish = (seen: boolean) => {
        timer.cancel();
        poll.cancel();
        this.#revisionWaiters.delete(waiter);
        resolve(seen);
      };
      const waiter = { revision, done: () => finish(true), giveUp: () => finish(false) };
      const timer = this.#options.clock.after(syncTimeoutMs, () => finish(this.revision() >= revision));
      // A local store moves on by other resources' writes, of which this cache hears nothing.
      let poll = this.#options.clock.after(50, () => check());
      const check = () => {
        if (this.revision() >= revision) return finish(true);
        this.#watcher?.requestProgress();
        poll = this.#options.clock.after(50, () => check());
      };
      this.#revisionWaiters.add(waiter);
    });
  }

  close(): void {
    this.#closed = true;
    this.#isReady = false;
    this.#listener?.cancel();
    this.#watcher?.cancel();
    this.#options.cache.end();
    for (const waiter of this.#revisionWaiters) waiter.giveUp();
  }

  async #start(): Promise<void> {
    const { etcd } = this.#options;
    if (etcd.local) {
      const early: WatchResponse[] = [];
      let take = (response: WatchResponse): void => void early.push(response);
      this.#listener = etcd.local.listen(this.#range, (response) => take(response));
      const revision = await this.#load();
      for (const response of early) if (response.revision > revision) this.#ingest(response);
      take = (response) => this.#ingest(response);
      this.#isReady = true;
      return;
    }
    const revision = await this.#load();
    this.#isReady = true;
    void this.#follow(revision);
  }

  async #load(): Promise<number> {
    const { etcd, cache, clock, prefix } = this.#options;
    const { kvs, revision } = await etcd.range(this.#range);
    const objects: [string, Stored][] = [];
    let sliceStart = clock.monotonicMs();
    for (const kv of kvs) {
      const stored = await this.#decodeOrSkip(kv);
      if (stored) objects.push([kv.key.slice(prefix.length), stored]);
      if (clock.monotonicMs() - sliceStart < sliceMs) continue;
      await new Promise((resolve) => setImmediate(resolve));
      sliceStart = clock.monotonicMs();
    }
    cache.load(objects, revision);
    return revision;
  }

  /** One unreadable value must not hide all others; upstream, too, serves the rest of the cache. */
  #decodeOrSkip(kv: KeyValue): Stored | undefined | Promise<Stored | undefined> {
    const skip = (error: unknown) => {
      this.#options.logger.error('stored object cannot be read', { key: kv.key, revision: kv.modRevision, error });
      return undefined;
    };
    try {
      const stored = this.#options.decode(kv);
      return stored instanceof Promise ? stored.catch(skip) : stored;
    } catch (error) {
      return skip(error);
    }
  }

  async #follow(fromRevision: number): Promise<void> {
    const { etcd, logger, clock, cache } = this.#options;
    let next = fromRevision + 1;
    while (!this.#closed) {
      try {
        this.#watcher = etcd.watch({ ...this.#range, startRevision: next, progressNotify: true });
        for (let r = await this.#watcher.read(); r; r = await this.#watcher.read()) {
          this.#ingest(r);
          await this.#backlog;
          next = r.revision + 1;
        }
        if (this.#closed) return;
        throw new Error('the watch on the store ended');
      } catch (error) {
        logger.warn('watch cache starts anew', { prefix: this.#options.prefix, error });
        cache.end();
        await clock.sleep(retryMs);
        // Also when history was compacted: a full read shows what the watch has missed.
        next = (await this.#load().catch(() => next - 1)) + 1;
      }
    }
  }

  #ingest(response: WatchResponse): void {
    const changes: (Change | Promise<Change | undefined>)[] = [];
    let wait = this.#backlog !== undefined;
    for (const { kv, type } of response.events) {
      const change = this.#change(kv, type);
      if (change instanceof Promise) wait = true;
      if (change) changes.push(change);
    }
    if (!wait) return this.#apply(changes as Change[], response.revision);
    const mine = (this.#backlog ?? Promise.resolve()).then(async () => {
      const settled: (Change | undefined)[] = [];
      for (const change of changes) settled.push(await change);
      if (!this.#closed)
        this.#apply(
          settled.filter((c) => c !== undefined),
          response.revision,
        );
      if (this.#backlog === mine) this.#backlog = undefined;
    });
    this.#backlog = mine;
  }

  #change(kv: KeyValue, type: 'PUT' | 'DELETE'): Change | undefined | Promise<Change | undefined> {
    const key = kv.key.slice(this.#options.prefix.length);
    const revision = kv.modRevision;
    if (type === 'DELETE') return { key, revision, stored: undefined };
    const stored = this.#decodeOrSkip(kv);
    if (stored instanceof Promise) return stored.then((s) => (s ? { key, revision, stored: s } : undefined));
    return stored && { key, revision, stored };
  }

  #apply(changes: readonly Change[], revision: number): void {
    this.#options.cache.apply(changes, revision);
    for (const waiter of this.#revisionWaiters) if (waiter.revision <= this.#options.cache.revision) waiter.done();
  }
}
