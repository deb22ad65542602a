/**
 * API objects on a store: keys, the layout of bytes, the watch cache.
 *
 * - A stored object is immutable bytes with a summary beside it (`StoredObject`).
 * - Reads are served from the watch cache, which has seen every write that was acknowledged: they never touch the store and never parse.
 * - What is sent is spliced from stored bytes (`singleJson`, `listJson`, `watchFrame`); a watch frame is made once and shared.
 * - Knows definitions, not kinds; no users, no admission, no versions other than the stored one.
 */
export { openStorage } from './storage.ts';
export type * from './store.ts';
export type * from './types.ts';
export { listChunkBytes, listJson, type ListJsonOptions, singleJson, smallListJson } from './serve.ts';
export { type ServedNames, servedNames } from './served-names.ts';
export { watchFrame } from './watch-frame.ts';
export { EncodedCache } from './encoded-cache.ts';
export { decodeContinue, encodeContinue } from './continue-token.ts';
export { startCompactor } from './compactor.ts';
