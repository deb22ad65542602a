/**
 * The store of the cluster: etcd's v3 key-value API, embedded.
 *
 * - `Etcd` is the interface every implementation answers to; `contract.ts` is the suite they all run.
 * - MVCC is pure: proposals go in, revisions and events come out. Disk and clock live in the shell.
 * - Acknowledged means on disk, where the store is durable.
 */
export * from './types.ts';
export { type DiskEtcdOptions, openDiskEtcd } from './disk.ts';
export { type MemoryEtcdOptions, openMemoryEtcd } from './memory.ts';
export { WalCorruptError } from './disk/wal.ts';
export { openWorkerEtcd, type WorkerEtcdOptions } from './worker/worker-etcd.ts';
