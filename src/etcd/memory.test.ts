import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../base/index.ts';
import { etcdContract } from './contract.ts';
import { openMemoryEtcd } from './memory.ts';

etcdContract('memory', async () => {
  const clock = new FakeClock();
  return { etcd: openMemoryEtcd({ clock }), clock };
});

test('the memory store compacts itself when its history grows too large', async () => {
  const clock = new FakeClock();
  await using etcd = openMemoryEtcd({ clock, historyBytes: 100_000 });
  for (let i = 0; i < 500; i++) await etcd.put({ key: 'a', value: new Uint8Array(1000) });
  const { compactRevision, sizeBytes, revision } = await etcd.status();
  assert.equal(revision, 501);
  assert.ok(compactRevision > 300 && sizeBytes <= 103_000, `${compactRevision} ${sizeBytes}`);
});

test('a listener hears of a write before its promise resolves, and of its range only', async () => {
  await using etcd = openMemoryEtcd({ clock: new FakeClock() });
  const heard: string[] = [];
  const listening = etcd.local!.listen({ key: 'a', rangeEnd: 'b' }, (r) => heard.push(...r.events.map((e) => `${e.kv.key}@${r.revision}`)));
  const write = etcd.put({ key: 'a1', value: new Uint8Array(0) });
  const order: string[] = [];
  await write.then(() => order.push(heard.join()));
  await etcd.put({ key: 'b', value: new Uint8Array(0) });
  listening.cancel();
  await etcd.put({ key: 'a2', value: new Uint8Array(0) });
  assert.deepEqual([heard, order], [['a1@2'], ['a1@2']]);
});

test('a closed store refuses', async () => {
  const etcd = openMemoryEtcd({ clock: new FakeClock() });
  const read = etcd.watch({ key: 'a' }).read();
  await etcd[Symbol.asyncDispose]();
  assert.equal(await read, undefined);
  await assert.rejects(etcd.put({ key: 'a', value: new Uint8Array(0) }), /server stopped/);
});

test('above its quota the store takes no puts until there is room again', async () => {
  await using etcd = openMemoryEtcd({ clock: new FakeClock(), quotaBytes: 5000 });
  const put = (key: string) => etcd.put({ key, value: new Uint8Array(2000) });
  for (const key of ['a', 'b', 'c']) await put(key);
  await assert.rejects(put('d'), /database space exceeded/);
  await assert.rejects(etcd.leaseGrant(5), /database space exceeded/);
  await etcd.deleteRange({ key: 'a', rangeEnd: 'z' });
  await etcd.compact((await etcd.status()).revision);
  await new Promise((resolve) => setImmediate(resolve));
  await put('d');
});
