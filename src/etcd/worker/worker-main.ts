import { parentPort, workerData } from 'node:worker_threads';
import { assert, jsonLogger, realClock } from '../../base/index.ts';
import { openDiskEtcd } from '../disk.ts';
import { errorOf, type WorkerSettings } from './protocol.ts';
import { servePort } from './serve-port.ts';

/** The thread of a store on disk: opens it and serves it to the thread that started this one. */
assert(parentPort, 'runs in a worker thread');
const port = parentPort;
const settings = workerData as WorkerSettings;
const logger = jsonLogger({ write: (line) => port.postMessage({ log: line }), now: () => realClock.now(), level: settings.logLevel });
try {
  const etcd = await openDiskEtcd({ ...settings, clock: realClock, logger });
  servePort(etcd, port, () => port.close());
  port.postMessage({ opened: etcd.capabilities });
} catch (error) {
  port.postMessage({ failed: errorOf(error) });
}
