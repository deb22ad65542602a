/** `make bench`: what Kubets costs, beside what upstream costs and what we aim at. Bounded; talks to loopback alone. */
import { execFileSync } from 'node:child_process';
import { openDiskEtcd } from '../src/etcd/index.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realClock, silentLogger } from '../src/base/index.ts';
import { processMemory } from '../src/cluster/index.ts';
import { root } from '../tools/source-files.ts';
import { apiRows } from './api-rows.ts';
import { nodeRows } from './node-rows.ts';
import { putIntoEtcd } from './real-etcd.ts';
import { startServer } from './server-under-test.ts';
import { printTable, type Row } from './table.ts';

const mib = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MiB`;

/** In a child with a compile cache, as a test of somebody's project has when NODE_COMPILE_CACHE is set. */
function clusterRows(report: (row: Row) => void): void {
  const env = { ...process.env, NODE_COMPILE_CACHE: join(root, '.tools/compile-cache') };
  const run = () => execFileSync(process.execPath, [join(root, 'bench/cluster-start.ts')], { env, encoding: 'utf8' });
  // The first run fills the cache.
  run();
  const { importMs, startMs } = JSON.parse(run()) as { readonly importMs: number; readonly startMs: readonly number[] };
  report({ name: "import 'kubets/testing'", rate: `${importMs.toFixed(0)} ms` });
  for (const [i, which] of ['first', 'second', 'third'].entries()) {
    report({ name: `startCluster(), the ${which} in a process`, rate: `${startMs[i]!.toFixed(0)} ms`, goal: i === 0 ? '100 ms' : '30 ms' });
  }
}

async function durablePuts(report: (row: Row) => void): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'kubets-bench-etcd-'));
  const etcd = await openDiskEtcd({ dir, clock: realClock, logger: silentLogger });
  const value = new Uint8Array(1024).fill(7);
  const count = 20_000;
  let next = 0;
  const before = process.cpuUsage();
  const started = performance.now();
  await Promise.all(
    Array.from({ length: 100 }, async () => {
      while (next < count) await etcd.put({ key: `/bench/${next++}`, value });
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  const cpu = process.cpuUsage(before);
  await etcd[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true, force: true });
  report({
    name: 'durable put of 1 KiB, 100 at once, in process',
    rate: `${Math.round(count / seconds).toLocaleString('en')}/s`,
    cpu: `${Math.round((cpu.user + cpu.system) / count)} µs`,
    upstream: '112 µs (etcd 3.6.4)',
    goal: '55 µs',
  });
  const real = await putIntoEtcd({ count: 5_000, inFlight: 100, value });
  if (!real) return;
  report({
    name: 'the same into the real etcd of this machine, by gRPC',
    rate: `${Math.round(5_000 / real.seconds).toLocaleString('en')}/s`,
    cpu: `${Math.round((real.cpuMs * 1000) / 5_000)} µs`,
    note: 'the rate is the limit of the JavaScript gRPC client; with its own client etcd does 18,050/s',
  });
}

async function controlPlaneRows(report: (row: Row) => void): Promise<void> {
  for (const inMemory of [true, false]) {
    const server = await startServer({ what: 'control plane', inMemory });
    report({
      name: `start to readyz, ${inMemory ? 'in memory' : 'on disk, empty'}`,
      rate: `${server.startMs.toFixed(0)} ms`,
      upstream: '2,400 ms',
      goal: '300 ms',
    });
    if (!inMemory) {
      await realClock.sleep(3_000);
      report({ name: 'idle memory of the control plane (PSS)', rate: mib(processMemory(server.pid)), upstream: '485 MiB', goal: '120 MiB' });
    }
    await server.stop();
  }
}

async function apiServerRows(report: (row: Row) => void): Promise<void> {
  const server = await startServer({ what: 'API server' });
  try {
    await apiRows(server, report);
    report({ name: 'API server and store after the rows above (PSS)', rate: mib(processMemory(server.pid)), upstream: '1,192 MiB', goal: '160 MiB' });
  } finally {
    await server.stop();
  }
}

const rows: Row[] = [];
const report = (row: Row) => {
  rows.push(row);
  process.stderr.write(`  ${row.name}: ${row.rate ?? ''} ${row.cpu ?? ''}\n`);
};
// The clock's timers keep no process alive.
const alive = setInterval(() => {}, 2 ** 30);
clusterRows(report);
await durablePuts(report);
await controlPlaneRows(report);
await apiServerRows(report);
await nodeRows(report);
clearInterval(alive);
printTable(rows, (text) => process.stdout.write(text));
