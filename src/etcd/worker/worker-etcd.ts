import { Worker } from 'node:worker_threads';
import type { Logger, LogLevel } from '../../base/index.ts';
import type { DiskEtcdOptions } from '../disk.ts';
import type { Etcd, EtcdCapabilities } from '../types.ts';
import { PortEtcd } from './port-etcd.ts';
import { type Answer, toError, type WorkerSettings } from './protocol.ts';

export interface WorkerEtcdOptions extends Omit<DiskEtcdOptions, 'clock'> {
  /** Least level of the thread's log. Default `info`. */
  readonly logLevel?: LogLevel;
  /** The thread's module, where it is not `worker-main` beside this file (a bundle). */
  readonly entry?: URL;
}

type FromWorker =
  | { readonly opened: EtcdCapabilities }
  | { readonly failed: Extract<Answer, { error: unknown }>['error'] }
  | { readonly log: string }
  | readonly Answer[];

/**
 * A store on disk in a thread of its own, so that a LIST here does not delay its writes. The same as `openDiskEtcd` but for `local`: a cache
 * follows it by a watch. Rejects as `openDiskEtcd` does (errors of its own classes arrive as Error with the message).
 */
export function openWorkerEtcd(options: WorkerEtcdOptions): Promise<Etcd> {
  const { logger, entry, logLevel = 'info', ...rest } = options;
  const settings: WorkerSettings = { ...rest, logLevel };
  const worker = new Worker(entry ?? new URL('./worker-main.ts', import.meta.url), { workerData: settings });
  return new Promise((resolve, reject) => {
    const port = {
      postMessage: (message: unknown) => worker.postMessage(message),
      on: (_event: 'message', listener: (message: unknown) => void) => (deliver = listener),
    };
    let deliver: (message: unknown) => void = () => {};
    let etcd: PortEtcd | undefined;
    worker.on('message', (message: FromWorker) => {
      if (Array.isArray(message)) return deliver(message);
      if ('opened' in message) resolve((etcd = new PortEtcd(port, message.opened)));
      else if ('failed' in message) reject(toError(message.failed));
      else if ('log' in message) relay(logger, message.log);
    });
    worker.on('error', (error) => {
      logger.error("the store's thread failed", { error });
      reject(error);
    });
    worker.on('exit', () => {
      etcd?.lose("the store's thread ended");
      reject(new Error("the store's thread ended"));
    });
  });
}

function relay(logger: Logger, line: string): void {
  const { level, message, time: _time, ...fields } = JSON.parse(line) as { level: LogLevel; message: string; time: string };
  logger[level](message, fields);
}
