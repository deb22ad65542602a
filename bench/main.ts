/** `make bench`: what Kubets costs, beside what upstream costs and what we aim at. Bounded; talks to loopback alone. */
import { openDiskEtcd } from '../src/etcd/index.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realClock, silentLogger } from '../src/base/index.ts';
import { processMemory } from '../src/cluster/index.ts';
import { startCluster } from '../src/testing/index.ts';
import { apiRows } from './api-rows.ts';
import { startServer } from './server-under-test.ts';
import { printTable, type Row } from './table.ts';

const mib = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MiB`;

async function clusterRows(report: (row: Row) => void): Promise<void> {
  for (const which of ['first', 'second', 'third']) {
    const started = performance.now();
    const cluster = await startCluster();
    const ms = performance.now() - started;
    await cluster[Symbol.asyncDispose]();
    report({ name: `startCluster(), the ${which} in a process`, rate: `${ms.toFixed(0)} ms`, goal: which === 'first' ? '100 ms' : '30 ms' });
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
    upstream: '112 µs (etcd 3.6.4 by gRPC)',
    goal: '55 µs',
  });
}

async function serverRows(report: (row: Row) => void): Promise<void> {
  for (const inMemory of [true, false]) {
    const server = await startServer({ inMemory });
    report({
      name: `start to readyz, ${inMemory ? 'in memory' : 'on disk, empty'}`,
      rate: `${server.startMs.toFixed(0)} ms`,
      upstream: '2,400 ms',
      goal: '300 ms',
    });
    if (inMemory) {
      await server.stop();
      continue;
    }
    await realClock.sleep(3_000);
    report({ name: 'idle memory of the control plane (PSS)', rate: mib(processMemory(server.pid)), upstream: '485 MiB', goal: '120 MiB' });
    try {
      await apiRows(server, report);
      report({ name: 'memory after the rows above (PSS)', rate: mib(processMemory(server.pid)), upstream: '1,192 MiB', goal: '240 MiB' });
    } finally {
      await server.stop();
    }
  }
}

const rows: Row[] = [];
const report = (row: Row) => {
  rows.push(row);
  process.stderr.write(`  ${row.name}: ${row.rate ?? ''} ${row.cpu ?? ''}\n`);
};
await clusterRows(report);
await durablePuts(report);
await serverRows(report);
printTable(rows, (text) => process.stdout.write(text));
