/**
 * A key as a string of bytes: each UTF-16 unit is one byte, 0 to 255 (`latin1`). Strings compare and hash faster than byte arrays, and
 * their order is the order of the bytes.
 */
export type Key = string;

/** A value with its history, as etcd's mvccpb.KeyValue. Values are immutable: never write to `value`. */
export interface KeyValue {
  readonly key: Key;
  readonly value: Uint8Array;
  readonly createRevision: number;
  readonly modRevision: number;
  /** 1 at creation, one more at each change. */
  readonly version: number;
  /** 0 = none. */
  readonly lease: number;
}

/** Keys from `key` up to, not including, `rangeEnd`; without `rangeEnd` the one key. `rangeEnd` "\0" means all keys from `key` on. */
export interface KeyRange {
  readonly key: Key;
  readonly rangeEnd?: Key;
}

export interface RangeRequest extends KeyRange {
  /** At most so many; 0 or absent = all. */
  readonly limit?: number;
  /** The revision to read at; 0 or absent = the newest. Throws `EtcdError` compacted or future-revision. */
  readonly revision?: number;
  readonly countOnly?: boolean;
  readonly keysOnly?: boolean;
  /** May be answered from this member's state without asking the others. */
  readonly serializable?: boolean;
}

export interface RangeResponse {
  /** The store's revision when the answer was made. */
  readonly revision: number;
  /** In order of key. */
  readonly kvs: readonly KeyValue[];
  /** More keys follow within the range (there was a limit). */
  readonly more: boolean;
  /** All keys in the range, whatever the limit. */
  readonly count: number;
}

export type CompareResult = 'EQUAL' | 'GREATER' | 'LESS' | 'NOT_EQUAL';

/** A condition on one key or range; a key that does not exist has version, create and mod revision 0. */
export interface Compare extends KeyRange {
  readonly result: CompareResult;
  readonly target: 'VERSION' | 'CREATE' | 'MOD' | 'VALUE' | 'LEASE';
  readonly operand: number | Uint8Array;
}

export interface PutRequest {
  readonly key: Key;
  readonly value: Uint8Array;
  readonly lease?: number;
  readonly prevKv?: boolean;
}

export interface DeleteRangeRequest extends KeyRange {
  readonly prevKv?: boolean;
}

export type RequestOp =
  | { readonly kind: 'range'; readonly request: RangeRequest }
  | { readonly kind: 'put'; readonly request: PutRequest }
  | { readonly kind: 'deleteRange'; readonly request: DeleteRangeRequest }
  | { readonly kind: 'txn'; readonly request: TxnRequest };

export interface TxnRequest {
  readonly compare: readonly Compare[];
  readonly success: readonly RequestOp[];
  readonly failure: readonly RequestOp[];
}

export interface PutResponse {
  readonly revision: number;
  readonly prevKv?: KeyValue;
}

export interface DeleteRangeResponse {
  readonly revision: number;
  readonly deleted: number;
  readonly prevKvs: readonly KeyValue[];
}

export type ResponseOp =
  | { readonly kind: 'range'; readonly response: RangeResponse }
  | { readonly kind: 'put'; readonly response: PutResponse }
  | { readonly kind: 'deleteRange'; readonly response: DeleteRangeResponse }
  | { readonly kind: 'txn'; readonly response: TxnResponse };

export interface TxnResponse {
  readonly revision: number;
  readonly succeeded: boolean;
  readonly responses: readonly ResponseOp[];
}

export interface WatchRequest extends KeyRange {
  /** The first revision to deliver; 0 or absent = what comes after now. */
  readonly startRevision?: number;
  readonly prevKv?: boolean;
  /** Send an empty response with the revision when nothing has happened for a while. */
  readonly progressNotify?: boolean;
}

export interface WatchEvent {
  readonly type: 'PUT' | 'DELETE';
  /** For a DELETE only `key` and `modRevision` mean anything. */
  readonly kv: KeyValue;
  readonly prevKv?: KeyValue;
}

/** Events of one or more whole revisions, in order: a revision is never split over two responses. No events = a progress notification: all up to `revision` has been delivered. */
export interface WatchResponse {
  readonly revision: number;
  readonly events: readonly WatchEvent[];
}

/**
 * A watch, pulled in batches: what happens while the reader is busy waits in the store's history, not in a queue without bound. `read`
 * resolves with undefined after `cancel` or the store's end, and rejects with `EtcdError` compacted when the reader fell behind compaction.
 */
export interface Watcher {
  read(): Promise<WatchResponse | undefined>;
  /** Ask for a progress notification as soon as all before now has been delivered. */
  requestProgress(): void;
  cancel(): void;
}

export interface LeaseStatus {
  readonly id: number;
  /** Seconds; -1 when the lease is not there. */
  readonly ttlSeconds: number;
  readonly grantedTtlSeconds: number;
  readonly keys: readonly Key[];
}

export type EtcdErrorCode =
  | 'compacted'
  | 'future-revision'
  | 'lease-not-found'
  | 'lease-exists'
  | 'lease-ttl-too-large'
  | 'no-space'
  | 'too-many-ops'
  | 'too-large'
  | 'duplicate-key'
  | 'key-not-provided'
  | 'unavailable';

/** What the store refuses; the code is the contract. */
export class EtcdError extends Error {
  override readonly name = 'EtcdError';
  readonly code: EtcdErrorCode;
  /** For `compacted`: the revision up to which history is gone. */
  readonly compactRevision: number;

  constructor(code: EtcdErrorCode, message: string, compactRevision = 0) {
    super(message);
    this.code = code;
    this.compactRevision = compactRevision;
  }
}

export interface EtcdCapabilities {
  /** Progress notifications can be trusted to order reads from a cache (etcd 3.4.31, 3.5.13 and later). */
  readonly consistentReadsFromCache: boolean;
  /** What is acknowledged survives the process. */
  readonly durable: boolean;
}

/**
 * What a store in this thread can do beyond the interface: tell its state at once. It lets a cache be exactly as new as the store, with no
 * round trip: listeners run inside the apply of each revision, before the write's promise resolves.
 */
export interface LocalEtcd {
  /** The newest applied revision. */
  revision(): number;
  /** Calls `listener` with each revision's events in the range, from the next one on. It must not throw, wait or write to the store. */
  listen(range: KeyRange, listener: (response: WatchResponse) => void): { cancel(): void };
}

/**
 * The store: etcd v3's key-value API over revisions. Passes bytes, strings and numbers only, so that it can live in this thread, in a
 * worker or elsewhere. A promise that resolves means committed, and on disk where `capabilities.durable`.
 */
export interface Etcd extends AsyncDisposable {
  readonly capabilities: EtcdCapabilities;
  /** Present where the store lives in this thread. */
  readonly local?: LocalEtcd;
  range(request: RangeRequest): Promise<RangeResponse>;
  put(request: PutRequest): Promise<PutResponse>;
  deleteRange(request: DeleteRangeRequest): Promise<DeleteRangeResponse>;
  txn(request: TxnRequest): Promise<TxnResponse>;
  watch(request: WatchRequest): Watcher;
  /** Drops history before `revision`: reads below it and watches from below it fail with `compacted`. */
  compact(revision: number): Promise<void>;
  /** `id` 0 = choose one. */
  leaseGrant(ttlSeconds: number, id?: number): Promise<{ readonly id: number; readonly ttlSeconds: number }>;
  /** Deletes the lease and its keys. */
  leaseRevoke(id: number): Promise<void>;
  /** Returns the new time to live in seconds. */
  leaseKeepAlive(id: number): Promise<number>;
  leaseTimeToLive(id: number): Promise<LeaseStatus>;
  /** The newest revision and the bytes in use. */
  status(): Promise<{ readonly revision: number; readonly compactRevision: number; readonly sizeBytes: number }>;
}
