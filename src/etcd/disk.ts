import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Logger } from '../base/index.ts';
import { lockDirectory } from './disk/dir-lock.ts';
import { LmdbBackend } from './disk/lmdb-backend.ts';
import { Wal } from './disk/wal.ts';
import { WalCommitter } from './disk/wal-committer.ts';
import { defaultQuotaBytes, EmbeddedEtcd } from './embedded-etcd.ts';
import { Engine } from './engine.ts';
import { MvccStore } from './mvcc/mvcc-store.ts';
import { decodeProposal } from './mvcc/proposal.ts';
import { type Etcd, EtcdError } from './types.ts';

export interface DiskEtcdOptions {
  /** Made with mode 0700 when it is not there; held by one process at a time. */
  readonly dir: string;
  /** Drives lease expiry and the backend's batches. */
  readonly clock: Clock;
  readonly logger: Logger;
  /** Superseded values kept before the store compacts itself, in bytes. Default 32 MiB. */
  readonly historyBytes?: number;
  /** Above so many bytes puts are refused with `no-space`. Default 2 GiB. */
  readonly quotaBytes?: number;
  /** Default 8 MiB. */
  readonly segmentBytes?: number;
  /** How long the backend may lag behind the log. Default 1000. */
  readonly backendDelayMs?: number;
}

/**
 * A store on disk: what is acknowledged survives the end of the process at any moment. Current values and history are in memory as well
 * (shared by reference with a watch cache in this process), so reads do not touch the disk. Throws `WalCorruptError` when acknowledged
 * writes cannot be read, and Error when another process holds the directory.
 */
export async function openDiskEtcd(options: DiskEtcdOptions): Promise<Etcd> {
  const { dir, clock, logger } = options;
  await mkdir(join(dir, 'wal'), { recursive: true, mode: 0o700 });
  await chmod(dir, 0o700);
  const lock = await lockDirectory(dir);
  let backend: LmdbBackend | undefined;
  try {
    backend = await LmdbBackend.open(join(dir, 'backend.mdb'));
    const { appliedIndex, snapshot } = backend.load();
    const store = MvccStore.restore(snapshot);
    const replayInto = backend;
    const walOptions = { dir: join(dir, 'wal'), segmentBytes: options.segmentBytes ?? 8 * 1024 * 1024 };
    const { wal, nextIndex } = await Wal.open(walOptions, appliedIndex + 1, (bytes) => replay(store, replayInto, bytes));
    if (nextIndex > appliedIndex + 1) logger.info('replayed the write-ahead log', { proposals: nextIndex - appliedIndex - 1 });
    const engine = new Engine(store, {
      clock,
      historyBytes: options.historyBytes ?? 32 * 1024 * 1024,
      dropped: (versions) => replayInto.noteDropped(versions),
    });
    const committer = new WalCommitter({ engine, wal, backend, clock, logger, nextIndex, flushAfterMs: options.backendDelayMs ?? 1000 });
    const close = async () => {
      await committer.close();
      await lock.release();
    };
    return new EmbeddedEtcd(
      engine,
      { propose: (p) => committer.propose(p), close },
      {
        clock,
        durable: true,
        quotaBytes: options.quotaBytes ?? defaultQuotaBytes,
      },
    );
  } catch (error) {
    await backend?.close();
    await lock.release();
    throw error;
  }
}

/** Proposals that were refused the first time are refused again, by the same state. */
function replay(store: MvccStore, backend: LmdbBackend, bytes: Uint8Array): void {
  const proposal = decodeProposal(bytes);
  try {
    backend.note(proposal, store.apply(proposal));
  } catch (error) {
    if (!(error instanceof EtcdError)) throw error;
  }
}
