import type { Clock, Logger, Rng, Timer } from '../base/index.ts';
import type { KubeObject } from '../apimachinery/index.ts';
import type { ResourceClient } from './client.ts';
import { type ReflectorSink, runReflector } from './reflector.ts';
import { objectKeyText } from './resource-ref.ts';
import { createStore, type Indexer, type Lister } from './store.ts';

/** What is told of changes, in the order of the server's events. Called synchronously: must be quick and must not throw. */
export interface ResourceEventHandler<T> {
  onAdd?(object: T, isInInitialList: boolean): void;
  /** Also called, with twice the same object, on a resync. */
  onUpdate?(old: T, object: T): void;
  /** `object` is the last state known, which may be older than the deleted one if the watch missed events. */
  onDelete?(object: T): void;
}

/** A cache of one resource, kept up to date by list and watch, shared by all who need it. */
export interface Informer<T extends KubeObject = KubeObject> {
  readonly lister: Lister<T>;
  /** The first list is in the store and its handlers were called. */
  hasSynced(): boolean;
  /** Resolves when `hasSynced`; rejects when `signal` aborts first. */
  synced(signal?: AbortSignal): Promise<void>;
  /** Handlers added late are told of all that is there. Returns the way to take the handler out. */
  addHandler(handler: ResourceEventHandler<T>): () => void;
  addIndexer(name: string, indexer: Indexer<T>): void;
  /** resourceVersion up to which the store is current; '' before the first list. */
  lastSyncResourceVersion(): string;
  /** Runs until `signal` aborts; resolves then. To be called once. */
  run(signal: AbortSignal): Promise<void>;
}

export interface InformerOptions {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly logger: Logger;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Handlers are called for all objects each so many milliseconds; never when absent. */
  readonly resyncPeriodMs?: number;
  /** Applied before storing: to drop what nobody reads. Must return a new object if it changes anything. */
  readonly transform?: (object: KubeObject) => KubeObject;
}

class SharedInformer<T extends KubeObject> implements Informer<T> {
  readonly #store = createStore<T>();
  readonly #handlers = new Set<ResourceEventHandler<T>>();
  readonly #waiting = new Set<() => void>();
  readonly #client: ResourceClient<T>;
  readonly #options: InformerOptions;
  #synced = false;
  #resourceVersion = '';
  #resync: Timer | undefined;

  constructor(client: ResourceClient<T>, options: InformerOptions) {
    this.#client = client;
    this.#options = options;
  }

  get lister(): Lister<T> {
    return this.#store;
  }

  hasSynced(): boolean {
    return this.#synced;
  }

  lastSyncResourceVersion(): string {
    return this.#resourceVersion;
  }

  async synced(signal?: AbortSignal): Promise<void> {
    if (this.#synced) return;
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const done = () => {
        signal?.removeEventListener('abort', aborted);
        resolve();
      };
      const aborted = () => {
        this.#waiting.delete(done);
        reject(signal?.reason as Error);
      };
      this.#waiting.add(done);
      signal?.addEventListener('abort', aborted, { once: true });
    });
  }

  addHandler(handler: ResourceEventHandler<T>): () => void {
    this.#handlers.add(handler);
    for (const object of this.#store.list()) this.#guard(() => handler.onAdd?.(object, true));
    return () => this.#handlers.delete(handler);
  }

  addIndexer(name: string, indexer: Indexer<T>): void {
    this.#store.addIndexer(name, indexer);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, rng, logger, namespace, labelSelector, fieldSelector } = this.#options;
    this.#scheduleResync(signal);
    const scope = {
      ...(namespace === undefined ? {} : { namespace }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
    };
    await runReflector(this.#client, this.#sink(), { clock, rng, logger, scope, signal });
    this.#resync?.cancel();
  }

  #sink(): ReflectorSink<T> {
    const transform = (object: T): T => (this.#options.transform === undefined ? object : (this.#options.transform(object) as T));
    return {
      replace: (items, resourceVersion) => this.#replace(items.map(transform), resourceVersion),
      apply: (type, object) => (type === 'DELETED' ? this.#remove(object) : this.#upsert(transform(object), false)),
      progress: (resourceVersion) => {
        this.#resourceVersion = resourceVersion;
      },
    };
  }

  #replace(items: readonly T[], resourceVersion: string): void {
    const initial = !this.#synced;
    const gone = new Set([...this.#store.values()].map(objectKeyText));
    for (const item of items) {
      gone.delete(objectKeyText(item));
      this.#upsert(item, initial);
    }
    for (const key of gone) {
      const object = this.#store.getByText(key);
      if (object !== undefined) this.#remove(object);
    }
    this.#resourceVersion = resourceVersion;
    if (this.#synced) return;
    this.#synced = true;
    for (const done of this.#waiting) done();
    this.#waiting.clear();
  }

  #upsert(object: T, initial: boolean): void {
    const old = this.#store.getByText(objectKeyText(object));
    if (old !== undefined && old.metadata?.resourceVersion === object.metadata?.resourceVersion) return;
    this.#store.set(object);
    // A name deleted and made again while the watch was away is two objects: handlers see both events.
    if (old !== undefined && old.metadata?.uid !== object.metadata?.uid) {
      this.#tell((h) => h.onDelete?.(old));
      this.#tell((h) => h.onAdd?.(object, initial));
    } else if (old !== undefined) {
      this.#tell((h) => h.onUpdate?.(old, object));
    } else {
      this.#tell((h) => h.onAdd?.(object, initial));
    }
  }

  #remove(object: T): void {
    const key = objectKeyText(object);
    if (this.#store.getByText(key) === undefined) return;
    this.#store.delete(key);
    this.#tell((h) => h.onDelete?.(object));
  }

  #tell(call: (handler: ResourceEventHandler<T>) => void): void {
    for (const handler of this.#handlers) this.#guard(() => call(handler));
  }

  /** One handler's fault must not keep the others, or the cache, from following. */
  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#options.logger.error('an informer handler threw', { resource: this.#client.ref.plural, error });
    }
  }

  #scheduleResync(signal: AbortSignal): void {
    const period = this.#options.resyncPeriodMs;
    if (period === undefined || signal.aborted) return;
    this.#resync = this.#options.clock.after(period, () => {
      for (const object of this.#store.list()) this.#tell((h) => h.onUpdate?.(object, object));
      this.#scheduleResync(signal);
    });
  }
}

/** An informer that holds what `client` lists in the scope of `options`. Nothing starts before `run`. */
export function createInformer<T extends KubeObject>(client: ResourceClient<T>, options: InformerOptions): Informer<T> {
  return new SharedInformer(client, options);
}
