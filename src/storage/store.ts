import type { Clock, Logger } from '../base/index.ts';
import type { ResourceDefinition } from '../api/index.ts';
import type { KubeObject } from '../apimachinery/index.ts';
import type { Etcd } from '../etcd/index.ts';
import type { StoredObject, Summary } from './types.ts';

/** Where an object lives within its resource; `namespace` is '' for cluster-scoped resources. */
export interface ObjectKey {
  readonly namespace: string;
  readonly name: string;
}

/** What a read selects. All parts must hold; an empty selection takes everything. */
export interface Selection {
  /** '' or absent = all namespaces. */
  readonly namespace?: string;
  /** The one object of that name: `metadata.name=` of a field selector, or a watch of one name. */
  readonly name?: string;
  /** One exact requirement on an indexed field (`ResourceOptions.indexes`); looked up instead of scanned. `matches` need not repeat it. */
  readonly indexed?: { readonly field: string; readonly value: string };
  /** Label and field selectors, compiled by the caller. Must be pure. Absent = no selector (remainingItemCount is given then). */
  readonly matches?: (summary: Summary) => boolean;
}

/** `''` = Exact or NotOlderThan by upstream's legacy rule: Exact when a limit is set, else NotOlderThan. */
export type ResourceVersionMatch = '' | 'Exact' | 'NotOlderThan';

export interface GetOptions {
  /** '' (default) = consistent, '0' = whatever the cache has, else not older than. */
  readonly resourceVersion?: string;
}

export interface ListOptions extends Selection {
  /** '' (default) = consistent, '0' = whatever the cache has, else by `resourceVersionMatch`. The caller has checked it is a decimal. */
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: ResourceVersionMatch;
  /** 0 or absent = all. */
  readonly limit?: number;
  /** A token from an earlier page; that page's revision is used. */
  readonly continue?: string;
}

export interface ListResult {
  /** For `metadata.resourceVersion` of the list. */
  readonly revision: number;
  /** In order of key: namespace, then name. */
  readonly items: readonly StoredObject[];
  /** For `metadata.continue`; '' on the last page. */
  readonly continue: string;
  /** For `metadata.remainingItemCount`; undefined on the last page and where a selector is set. */
  readonly remainingItemCount: number | undefined;
}

export interface WatchOptions extends Selection {
  /** '' (default) or '0': starts with synthetic ADDED events for what is there, unless `sendInitialEvents` is false; else what follows that revision. */
  readonly resourceVersion?: string;
  /** WatchList: true sends all that is there as ADDED, then a bookmark with `k8s.io/initial-events-end`; false starts at now without any. */
  readonly sendInitialEvents?: boolean;
  /** A BOOKMARK about once a minute. */
  readonly allowWatchBookmarks?: boolean;
}

/**
 * One event as a watcher gets it. A selector may have turned a change into ADDED or DELETED; a DELETED carries the last state that was
 * selected at the revision of the change. The frame's bytes are made once per item and kind: `watchFrame(item, names)`.
 */
export interface WatchItem {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  /** Absent in a BOOKMARK. */
  readonly object: StoredObject | undefined;
  /** The object before the change, where there was one; for admission of events and in-process listeners. */
  readonly previous: StoredObject | undefined;
  readonly revision: number;
  /** This BOOKMARK ends the initial events: it carries the annotation `k8s.io/initial-events-end: "true"`. */
  readonly initialEventsEnd: boolean;
}

/**
 * A watch, pulled in batches: all that happened in one turn of the event loop comes in one `read`. `undefined` = the watch is over: closed,
 * the store ended, or the reader fell so far behind that the cache's history no longer holds what it missed.
 */
export interface ResourceWatch extends Disposable {
  read(): Promise<readonly WatchItem[] | undefined>;
  close(): void;
}

/** An object to be written. `apiVersion`, `kind` and `metadata.resourceVersion` are not stored. The store owns it from here on, read-only. */
export interface Writable {
  /** In the storage version, complete: defaulted, validated, with uid and creationTimestamp. */
  readonly object: KubeObject;
  /** managedFields as JSON text (`[…]`), where the caller has them so; wins over `object.metadata.managedFields`. '' = none. */
  readonly managedFields?: string;
  /** The object expires after so many seconds (events); 0 or absent = never. */
  readonly ttlSeconds?: number;
}

/** What an update wants: a new state, the removal of the object, or nothing. Equal bytes count as `unchanged`: no write, no new revision. */
export type Update = Writable | { readonly delete: true } | 'unchanged';

export interface UpdateResult {
  readonly object: StoredObject;
  /** `deleted`: `object` is the last state, at the revision of the deletion. */
  readonly outcome: 'updated' | 'unchanged' | 'deleted' | 'created';
}

export interface UpdateOptions {
  /** `tryUpdate` is called with undefined when the object is not there, and may return a new one. Default: NotFound. */
  readonly ignoreNotFound?: boolean;
}

/** Checked against the stored object in the same transaction. */
export interface Preconditions {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

export interface DeleteOptions {
  readonly preconditions?: Preconditions;
  /** Called with what will be deleted, again after each conflict; throws to refuse. */
  readonly validate?: (current: StoredObject) => void | Promise<void>;
}

/**
 * All objects of one resource. Reads come from the watch cache, which has seen every write acknowledged here (read your writes). Failures
 * that a client should see are `StatusError`s: NotFound, AlreadyExists, Conflict, Expired (410), Timeout (504, resourceVersion in the
 * future), BadRequest (continue token).
 */
export interface ResourceStore {
  readonly definition: ResourceDefinition;
  /** NotFound when it is not there. */
  get(key: ObjectKey, options?: GetOptions): Promise<StoredObject>;
  /** What the cache holds at this moment, without waiting for consistency; undefined when absent or the cache has not started. */
  peek(key: ObjectKey): StoredObject | undefined;
  list(options?: ListOptions): Promise<ListResult>;
  /** Resolves once the watch is set up (headers may be sent); 410 Expired when history does not reach back so far. */
  watch(options?: WatchOptions): Promise<ResourceWatch>;
  /** AlreadyExists when the name is taken. */
  create(key: ObjectKey, writable: Writable): Promise<StoredObject>;
  /**
   * Read, change, write if nothing else was written meanwhile, else again with the new state. `tryUpdate` may run several times: it must
   * not change `current` and have no effects. What it throws is passed on.
   */
  guaranteedUpdate(
    key: ObjectKey,
    tryUpdate: (current: StoredObject | undefined) => Update | Promise<Update>,
    options?: UpdateOptions,
  ): Promise<UpdateResult>;
  /** Returns the last state, at the revision of the deletion. */
  delete(key: ObjectKey, options?: DeleteOptions): Promise<StoredObject>;
  /** Objects held, for metrics and quota. Waits for the cache's first list. */
  count(): Promise<number>;
  /** Resolves when the cache holds the resource's objects. The cache starts with the first read, write or call of this. */
  ready(): Promise<void>;
  /** The revision up to which the cache has seen everything. */
  readonly revision: number;
}

/** Changes values between the cache and the store: encryption at rest. Bytes in, bytes out; `key` is to be authenticated with them. */
export interface Transformer {
  toStorage(value: Uint8Array, key: string): Uint8Array | Promise<Uint8Array>;
  /** `stale`: written under an older key, to be rewritten at the next update even if nothing changed. */
  fromStorage(value: Uint8Array, key: string): TransformerResult | Promise<TransformerResult>;
}

export interface TransformerResult {
  readonly value: Uint8Array;
  readonly stale: boolean;
}

export interface ResourceOptions {
  /** Selectable fields to keep an index of, as `spec.nodeName` of pods. */
  readonly indexes?: readonly string[];
  /** Absent = values are stored as they are. */
  readonly transformer?: Transformer;
}

export interface StorageOptions {
  readonly etcd: Etcd;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Default `/registry`. */
  readonly prefix?: string;
  /** Events a resource's watch cache keeps for watchers to catch up. Default 10,000, and no more than `historyBytes`. */
  readonly historyEvents?: number;
  /** Default 32 MiB a resource. */
  readonly historyBytes?: number;
  /** Default 60,000. */
  readonly bookmarkPeriodMs?: number;
}

/** The objects of one API server on one store. Closing it ends all watches and leaves the store open. */
export interface Storage extends AsyncDisposable {
  /**
   * The store of a resource; the same one for the same definition. Another definition of the same group and plural (a changed
   * CustomResourceDefinition) takes its place: the old store's watches end. Two resources that are stored under one prefix (`storedAs`)
   * have a cache each, over the same objects.
   */
  resource(definition: ResourceDefinition, options?: ResourceOptions): ResourceStore;
  /** Ends a resource's cache and watches, as when its CustomResourceDefinition is deleted or changed. */
  release(definition: ResourceDefinition): void;
  /** Deletes all keys of a resource from the store; returns how many. */
  purge(definition: ResourceDefinition): Promise<number>;
  /** The store's newest revision. */
  currentRevision(): Promise<number>;
}
