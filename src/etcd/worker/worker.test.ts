import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { FakeClock, silentLogger } from '../../base/index.ts';
import { etcdContract } from '../contract.ts';
import { openMemoryEtcd } from '../memory.ts';
import { PortEtcd } from './port-etcd.ts';
import { servePort } from './serve-port.ts';
import { openWorkerEtcd } from './worker-etcd.ts';

etcdContract('over a port', async () => {
  const clock = new FakeClock();
  const { port1, port2 } = new MessageChannel();
  const memory = openMemoryEtcd({ clock });
  servePort(memory, port1, () => port1.close());
  return { etcd: new PortEtcd(port2, memory.capabilities), clock };
});

const made: string[] = [];
after(async () => {
  for (const dir of made) await rm(dir, { recursive: true, force: true });
});

test('a store in a thread of its own keeps what it was given, and ends', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'kubets-worker-'));
  made.push(parent);
  const options = { dir: join(parent, 'data'), logger: silentLogger };
  const etcd = await openWorkerEtcd(options);
  const value = new Uint8Array([1, 2, 3]);
  await Promise.all(Array.from({ length: 100 }, (_, i) => etcd.put({ key: `k${i}`, value })));
  assert.equal(value.length, 3);
  await assert.rejects(openWorkerEtcd(options), /is in use by process/);
  const waiting = etcd.watch({ key: 'a' }).read();
  await etcd[Symbol.asyncDispose]();
  assert.equal(await waiting, undefined);
  await assert.rejects(etcd.put({ key: 'a', value }), /server stopped/);
  await using again = await openWorkerEtcd(options);
  assert.equal((await again.range({ key: 'k', rangeEnd: 'l', countOnly: true })).count, 100);
});
