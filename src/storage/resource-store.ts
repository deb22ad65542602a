import type { Clock, Logger, Timer } from '../base/index.ts';
import type { ResourceDefinition } from '../api/index.ts';
import { type GroupResource, statusErrors } from '../apimachinery/index.ts';
import { type Etcd, EtcdError, type TxnResponse } from '../etcd/index.ts';
import { CacheFeed } from './cache-feed.ts';
import { relativeKey } from './keys.ts';
import type { CanonicalEncoder } from './layout.ts';
import { Lister, selected } from './lister.ts';
import { ObjectCodec, type Outgoing } from './object-codec.ts';
import { compileSelection } from './selection.ts';
import { storageErrors, withStore } from './storage-errors.ts';
import type {
  DeleteOptions,
  GetOptions,
  ListOptions,
  ListResult,
  ObjectKey,
  Preconditions,
  ResourceOptions,
  ResourceStore,
  ResourceWatch,
  Update,
  UpdateOptions,
  UpdateResult,
  WatchOptions,
  Writable,
} from './store.ts';
import type { Stored } from './stored.ts';
import { TtlLeases } from './ttl-leases.ts';
import type { StoredObject } from './types.ts';
import { WatchCache } from './watch-cache.ts';

export interface ResourceStoreDeps extends ResourceOptions {
  readonly etcd: Etcd;
  readonly clock: Clock;
  readonly logger: Logger;
  /** With the slash at its end. */
  readonly prefix: string;
  readonly encoder: CanonicalEncoder;
  readonly historyEvents: number;
  readonly historyBytes: number;
  readonly bookmarkPeriodMs: number;
  readonly leases: TtlLeases;
}

/** Conflicts after which an update gives up: each means that someone else succeeded, so this many in a row is a livelock to report. */
const maxTries = 100;

/** `ResourceStore` on an `Etcd` with a watch cache. */
export class CachedResourceStore implements ResourceStore {
  readonly definition: ResourceDefinition;
  readonly #deps: ResourceStoreDeps;
  readonly #resource: GroupResource;
  readonly #codec: ObjectCodec;
  readonly #cache: WatchCache;
  readonly #feed: CacheFeed;
  readonly #lister: Lister;
  #bookmarkTimer: Timer | undefined;
  #closed = false;

  constructor(definition: ResourceDefinition, deps: ResourceStoreDeps) {
    this.definition = definition;
    this.#deps = deps;
    this.#resource = { group: definition.group, resource: definition.plural };
    this.#codec = new ObjectCodec(definition, { encoder: deps.encoder, transformer: deps.transformer });
    const { fieldNames } = this.#codec.summarizer;
    this.#cache = new WatchCache({
      fieldNames,
      indexes: deps.indexes ?? [],
      maxEvents: deps.historyEvents,
      maxBytes: deps.historyBytes,
      defer: (run) => void setImmediate(run),
    });
    const decode = this.#codec.decode.bind(this.#codec);
    this.#feed = new CacheFeed({ ...deps, cache: this.#cache, decode });
    this.#lister = new Lister({ ...deps, cache: this.#cache, feed: this.#feed, fieldNames, decode });
  }

  get revision(): number {
    return this.#feed.revision();
  }

  ready(): Promise<void> {
    return this.#feed.ready();
  }

  async count(): Promise<number> {
    await this.#feed.ready();
    return this.#cache.size;
  }

  peek(key: ObjectKey): StoredObject | undefined {
    return this.#cache.get(relativeKey(key));
  }

  async get(key: ObjectKey, options: GetOptions = {}): Promise<StoredObject> {
    const asked = options.resourceVersion ?? '';
    if (!this.#feed.current) await this.#call('get', asked === '0' ? this.#feed.ready() : this.#feed.sync());
    if (asked !== '' && asked !== '0') await this.#notOlderThan(Number(asked));
    const stored = this.#cache.get(relativeKey(key));
    if (!stored) throw statusErrors.notFound(this.#resource, key.name);
    return stored;
  }

  list(options: ListOptions = {}): Promise<ListResult> {
    return this.#call('list', this.#lister.list(options));
  }

  async watch(options: WatchOptions = {}): Promise<ResourceWatch> {
    const asked = options.resourceVersion ?? '';
    const bookmarks = options.allowWatchBookmarks ?? false;
    await this.#call('watch', this.#feed.ready());
    if (options.sendInitialEvents === true) {
      if (asked === '') await this.#call('watch', this.#feed.sync());
      else await this.#notOlderThan(Number(asked));
    } else if (asked !== '' && asked !== '0') {
      return this.#started(this.#cache.watch(options, { bookmarks, fromRevision: Number(asked) }));
    } else if (asked === '' && !this.#feed.current) await this.#call('watch', this.#feed.sync());
    if (options.sendInitialEvents === false) return this.#started(this.#cache.watch(options, { bookmarks }));
    const initial = selected(this.#cache, options, compileSelection(options, this.#codec.summarizer.fieldNames));
    const end = options.sendInitialEvents === true ? { initialEventsEndAt: this.#feed.revision() } : {};
    return this.#started(this.#cache.watch(options, { bookmarks, initial, ...end }));
  }

  async create(key: ObjectKey, writable: Writable): Promise<StoredObject> {
    if (!this.#feed.isReady) await this.#call('create', this.#feed.ready());
    const outgoing = await this.#outgoing(key, writable);
    const result = await this.#write(key, { outgoing, writable, expected: 0, op: 'create' });
    if (!result) throw statusErrors.alreadyExists(this.#resource, key.name);
    return result;
  }

  async guaranteedUpdate(
    key: ObjectKey,
    tryUpdate: (current: StoredObject | undefined) => Update | Promise<Update>,
    options: UpdateOptions = {},
  ): Promise<UpdateResult> {
    for (let tries = 0; tries < maxTries; tries++) {
      const current = await this.#current(key, 'update');
      if (!current && !options.ignoreNotFound) throw statusErrors.notFound(this.#resource, key.name);
      const update = await tryUpdate(current);
      const result = await this.#tryOnce(key, current, update);
      if (result) return result;
    }
    throw storageErrors.objectModified(this.#resource, key.name);
  }

  async delete(key: ObjectKey, options: DeleteOptions = {}): Promise<StoredObject> {
    for (let tries = 0; tries < maxTries; tries++) {
      const current = await this.#current(key, 'delete');
      if (!current) throw statusErrors.notFound(this.#resource, key.name);
      if (options.preconditions) this.#checkPreconditions(key, options.preconditions, current);
      await options.validate?.(current);
      const deleted = await this.#remove(key, current);
      if (deleted) return deleted;
    }
    throw storageErrors.objectModified(this.#resource, key.name);
  }

  /** Ends the cache and its watches. */
  close(): void {
    this.#closed = true;
    this.#bookmarkTimer?.cancel();
    this.#feed.close();
    this.#lister.forget();
  }

  /** Undefined = someone else wrote in between. */
  async #tryOnce(key: ObjectKey, current: Stored | undefined, update: Update): Promise<UpdateResult | undefined> {
    if (update === 'unchanged' || 'delete' in update) {
      if (!current) throw statusErrors.notFound(this.#resource, key.name);
      if (update === 'unchanged') return { object: current, outcome: 'unchanged' };
      const deleted = await this.#remove(key, current);
      return deleted && { object: deleted, outcome: 'deleted' };
    }
    const plain = this.#codec.encode(update);
    if (current && !this.#codec.isStale(current) && Buffer.compare(plain, current.bytes) === 0) return { object: current, outcome: 'unchanged' };
    const outgoing = await this.#codec.outgoing(plain, update.object, this.#etcdKey(key));
    const expected = current?.revision ?? 0;
    const object = await this.#write(key, { outgoing, writable: update, expected, op: 'update' });
    return object && { object, outcome: current ? 'updated' : 'created' };
  }

  /** What is stored now: never older than any write acknowledged before the call. */
  async #current(key: ObjectKey, op: string): Promise<Stored | undefined> {
    if (!this.#feed.current) await this.#call(op, this.#feed.sync());
    return this.#cache.get(relativeKey(key));
  }

  #outgoing(key: ObjectKey, writable: Writable): Promise<Outgoing> {
    return this.#codec.outgoing(this.#codec.encode(writable), writable.object, this.#etcdKey(key));
  }

  /** Puts when the key is still at `expected` (0 = absent); undefined when it is not. */
  async #write(
    key: ObjectKey,
    write: { readonly outgoing: Outgoing; readonly writable: Writable; readonly expected: number; readonly op: string },
  ): Promise<Stored | undefined> {
    const { outgoing, writable, expected, op } = write;
    const etcdKey = this.#etcdKey(key);
    const ttl = writable.ttlSeconds ?? 0;
    const put = async (): Promise<TxnResponse> => {
      const lease = ttl > 0 ? await this.#deps.leases.lease(ttl) : 0;
      return this.#deps.etcd.txn({
        compare: [{ key: etcdKey, target: 'MOD', result: 'EQUAL', operand: expected }],
        success: [{ kind: 'put', request: { key: etcdKey, value: outgoing.value, lease } }],
        failure: [],
      });
    };
    const response = await this.#call(op, ttl > 0 ? put().catch((e) => this.#retryLease(e, put)) : put()).finally(() => this.#codec.done(outgoing));
    if (!response.succeeded) return undefined;
    // In this process the feed has seen the write already; elsewhere its event is on the way.
    const stored = outgoing.stored ?? this.#codec.written(outgoing, response.revision);
    if (!this.#feed.current) await this.#feed.waitFor(response.revision);
    return stored;
  }

  /** A shared lease may have ended (a store restored, a clock that jumped): one more try with a fresh one. */
  #retryLease(error: unknown, put: () => Promise<TxnResponse>): Promise<TxnResponse> {
    if (!(error instanceof EtcdError) || error.code !== 'lease-not-found') throw error;
    this.#deps.leases.forget();
    return put();
  }

  async #remove(key: ObjectKey, current: Stored): Promise<Stored | undefined> {
    const etcdKey = this.#etcdKey(key);
    const txn = this.#deps.etcd.txn({
      compare: [{ key: etcdKey, target: 'MOD', result: 'EQUAL', operand: current.revision }],
      success: [{ kind: 'deleteRange', request: { key: etcdKey } }],
      failure: [],
    });
    const { succeeded, revision } = await this.#call('delete', txn);
    if (!succeeded) return undefined;
    if (!this.#feed.current) await this.#feed.waitFor(revision);
    return current.at(revision);
  }

  #checkPreconditions(key: ObjectKey, wanted: Preconditions, current: Stored): void {
    const refuse = (what: string, asked: string, found: string) => {
      const why = `Precondition failed: ${what} in precondition: ${asked}, ${what} in object meta: ${found}`;
      throw statusErrors.conflict(this.#resource, key.name, storageErrors.invalidObject(this.#etcdKey(key), why));
    };
    const { uid } = current.summary;
    if (wanted.uid !== undefined && wanted.uid !== uid) refuse('UID', wanted.uid, uid);
    const revision = String(current.revision);
    if (wanted.resourceVersion !== undefined && wanted.resourceVersion !== revision) refuse('ResourceVersion', wanted.resourceVersion, revision);
  }

  async #notOlderThan(revision: number): Promise<void> {
    if (this.#feed.current && this.#feed.revision() >= revision) return;
    if (!(await this.#feed.waitFor(revision))) throw storageErrors.tooLargeResourceVersion(revision, this.#feed.revision());
  }

  #started(watch: ResourceWatch): ResourceWatch {
    if (!this.#bookmarkTimer) this.#scheduleBookmark();
    return watch;
  }

  /** Runs only while there are watches. */
  #scheduleBookmark(): void {
    this.#bookmarkTimer = this.#deps.clock.after(this.#deps.bookmarkPeriodMs, () => {
      this.#bookmarkTimer = undefined;
      if (this.#closed || this.#cache.watchCount === 0) return;
      this.#cache.bookmark(this.#feed.revision());
      this.#scheduleBookmark();
    });
  }

  #etcdKey(key: ObjectKey): string {
    return this.#deps.prefix + relativeKey(key);
  }

  #call<T>(op: string, call: Promise<T>): Promise<T> {
    return withStore(op, this.#resource, call);
  }
}
