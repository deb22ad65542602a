/** etcd's defaults. */
export const maxTxnOps = 128;
/** Bytes of keys and values in one request. */
export const maxRequestBytes = 1.5 * 1024 * 1024;
export const maxLeaseTtlSeconds = 9_000_000_000;
/** Events in one `WatchResponse`, but a revision is never split. */
export const maxWatchBatch = 1000;
