import { Worker } from 'node:worker_threads';

/** A loop that has not answered for this long is taken for dead. */
const deadAfterMs = 10_000;
const tickMs = 500;

const source = `
const { workerData } = require('node:worker_threads');
const beats = new Int32Array(workerData.shared);
let last = -1, silentTicks = 0;
setInterval(() => {
  const now = Atomics.load(beats, 0);
  silentTicks = now === last ? silentTicks + 1 : 0;
  last = now;
  if (silentTicks * workerData.tickMs >= workerData.deadAfterMs) {
    process.stderr.write('the event loop has not answered for ' + workerData.deadAfterMs + ' ms: ending\\n');
    process.kill(process.pid, 'SIGKILL');
  }
}, workerData.tickMs);
`;

/**
 * Ends this process when its event loop hangs: a worker counts its own ticks, so a machine that slept is not mistaken for a hang. For
 * daemons alone; returns the way to end it.
 */
export function startWatchdog(options: { readonly deadAfterMs?: number } = {}): () => void {
  const shared = new SharedArrayBuffer(4);
  const beats = new Int32Array(shared);
  const worker = new Worker(source, { eval: true, workerData: { shared, tickMs, deadAfterMs: options.deadAfterMs ?? deadAfterMs }, execArgv: [] });
  worker.unref();
  const timer = setInterval(() => Atomics.add(beats, 0, 1), tickMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    void worker.terminate();
  };
}
