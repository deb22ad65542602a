import type { Clock } from '../base/index.ts';
import { defaultQuotaBytes, EmbeddedEtcd } from './embedded-etcd.ts';
import { Engine } from './engine.ts';
import { MvccStore } from './mvcc/mvcc-store.ts';
import type { Etcd } from './types.ts';

export interface MemoryEtcdOptions {
  /** Drives lease expiry. */
  readonly clock: Clock;
  /** Superseded values kept before the store compacts itself, in bytes. Default 32 MiB. */
  readonly historyBytes?: number;
  /** Above so many bytes puts are refused with `no-space`. Default 2 GiB. */
  readonly quotaBytes?: number;
}

/** A store in this thread's memory, gone with the process. Answers within the tick. Values are kept by reference. */
export function openMemoryEtcd(options: MemoryEtcdOptions): Etcd {
  const engine = new Engine(new MvccStore(), { clock: options.clock, historyBytes: options.historyBytes ?? 32 * 1024 * 1024 });
  const committer = {
    propose: async (p: Parameters<Engine['apply']>[0]) => engine.apply(p).response,
    close: async () => {},
  };
  return new EmbeddedEtcd(engine, committer, {
    clock: options.clock,
    durable: false,
    quotaBytes: options.quotaBytes ?? defaultQuotaBytes,
  });
}
