/**
 * The store of the cluster: etcd's v3 key-value API, embedded.
 *
 * - `Etcd` is the interface every implementation answers to; `contract.ts` is the suite they all run.
 * - MVCC is pure: proposals go in, revisions and events come out. Disk and clock live in the shell.
 * - A log entry is a proposal: `propose` (a `Committer`) gets its bytes committed, in order, and then `Engine.apply` runs it, refusals
 *   included. Today's committers are "at once" (memory) and a local write-ahead log; a Raft group takes the same place.
 * - Acknowledged means on disk, where the store is durable: one write and sync for all that waits; LMDB follows behind, with the log index
 *   it stands for in the same transaction, and the log keeps what LMDB does not have yet.
 * - Current values and history are in memory; a cache in the same thread shares their bytes. They are never written to.
 * - Knows keys, values, revisions and leases; nothing of Kubernetes.
 */
export * from './types.ts';
export { type DiskEtcdOptions, openDiskEtcd } from './disk.ts';
export { type MemoryEtcdOptions, openMemoryEtcd } from './memory.ts';
export { WalCorruptError } from './disk/wal.ts';
export { openWorkerEtcd, type WorkerEtcdOptions } from './worker/worker-etcd.ts';
