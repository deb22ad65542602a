/**
 * API objects on a store: keys, the layout of bytes, the watch cache.
 *
 * - A stored object is immutable bytes with a summary beside it (`StoredObject`).
 * - Reads that may be served from the cache never touch the store and never parse.
 */
export type * from './types.ts';
export type * from './store.ts';
