import type { Clock, Logger, Timer } from '../base/index.ts';
import { type Etcd, EtcdError } from '../etcd/index.ts';

/**
 * Compacts the store to what it was one period ago, as kube-apiserver does every 5 minutes: lists and watches may go back between one and
 * two periods. Returns what stops it. On a store shared by several API servers the first to compact wins, the others' refusal is normal.
 */
export function startCompactor(options: { readonly etcd: Etcd; readonly clock: Clock; readonly logger: Logger; readonly periodMs?: number }): {
  stop(): void;
} {
  const { etcd, clock, logger } = options;
  const periodMs = options.periodMs ?? 5 * 60_000;
  let previous = 0;
  let stopped = false;
  let timer: Timer | undefined;
  const compact = async () => {
    const { revision, compactRevision } = await etcd.status();
    if (previous > compactRevision) await etcd.compact(previous);
    previous = revision;
  };
  const schedule = () => {
    timer = clock.after(periodMs, () => {
      compact()
        .catch(report)
        .finally(() => {
          if (!stopped) schedule();
        });
    });
  };
  const report = (error: unknown) => {
    if (error instanceof EtcdError && error.code === 'compacted') return;
    if (!stopped) logger.warn('compaction failed', { error });
  };
  schedule();
  return {
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}
