import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, silentLogger } from '../base/index.ts';
import { openMemoryEtcd } from '../etcd/index.ts';
import { startCompactor } from './compactor.ts';
import { relativeKey, resourcePrefix } from './keys.ts';
import { openStorage } from './storage.ts';
import { widget, widgets } from './test-definition.ts';

function setup() {
  const clock = new FakeClock();
  const etcd = openMemoryEtcd({ clock });
  return { clock, etcd, storage: openStorage({ etcd, clock, logger: silentLogger }) };
}

test('keys', () => {
  assert.equal(resourcePrefix('/registry', { group: '', plural: 'pods' }), '/registry/pods/');
  assert.equal(resourcePrefix('/registry', { group: 'apps', plural: 'deployments' }), '/registry/apps/deployments/');
  assert.equal(resourcePrefix('/r', { group: 'events.k8s.io', plural: 'events', storedAs: 'events' }), '/r/events/');
  assert.equal(relativeKey({ namespace: 'ns', name: 'a' }), 'ns/a');
  assert.equal(relativeKey({ namespace: '', name: 'system:é' }), 'system:\xc3\xa9');
});

test('two resources over the same objects see each other, in their own names', async () => {
  const { storage } = setup();
  const other = { ...widgets, group: 'other.example.com', storedAs: 'example.com/widgets' };
  const [one, two] = [storage.resource(widgets), storage.resource(other)];
  assert.equal(storage.resource(widgets), one);
  await two.ready();
  await one.create({ namespace: 'ns', name: 'a' }, { object: widget('a', { namespace: 'ns' }) });
  assert.equal((await two.get({ namespace: 'ns', name: 'a' })).value().apiVersion, 'other.example.com/v1');
  await two.delete({ namespace: 'ns', name: 'a' });
  await assert.rejects(one.get({ namespace: 'ns', name: 'a' }), /^StatusError: widgets.example.com "a" not found/);
  await storage[Symbol.asyncDispose]();
});

test("purge deletes a resource's objects and no other's", async () => {
  const { storage, etcd } = setup();
  const store = storage.resource(widgets);
  for (const name of ['a', 'b']) await store.create({ namespace: 'ns', name }, { object: widget(name, { namespace: 'ns' }) });
  await etcd.put({ key: '/registry/example.com/widgets2/x', value: new Uint8Array(1) });
  assert.equal(await storage.purge(widgets), 2);
  assert.equal(await store.count(), 0);
  assert.equal(await storage.currentRevision(), 5);
  assert.equal((await etcd.range({ key: '/', rangeEnd: '0' })).count, 1);
  await storage[Symbol.asyncDispose]();
});

test('the compactor keeps one to two periods of history', async () => {
  const { clock, etcd } = setup();
  const compactor = startCompactor({ etcd, clock, logger: silentLogger, periodMs: 1000 });
  const write = () => etcd.put({ key: 'a', value: new Uint8Array(1) });
  await write();
  await clock.advance(1000);
  assert.equal((await etcd.status()).compactRevision, 0);
  await write();
  await clock.advance(1000);
  assert.equal((await etcd.status()).compactRevision, 2);
  await clock.advance(1000);
  assert.equal((await etcd.status()).compactRevision, 3);
  compactor.stop();
  await clock.advance(5000);
  assert.equal(clock.pendingTimers, 0);
});
