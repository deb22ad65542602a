import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConfigMap } from '../../api/index.ts';
import type { OwnerReference } from '../../apimachinery/index.ts';
import { runOnFake } from '../../../test/support/run-controllers-on-fake.ts';
import { decide } from './decide.ts';
import { OwnerGraph } from './graph.ts';
import { garbageCollectorController } from './index.ts';

const ref = (owner: ConfigMap, more?: Partial<OwnerReference>): OwnerReference => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name: owner.metadata?.name ?? '',
  uid: owner.metadata?.uid ?? '',
  ...more,
});
const configMap = (name: string, owners: readonly OwnerReference[] = []): ConfigMap => ({
  metadata: { name, namespace: 'default', ownerReferences: owners },
});
const key = (name: string) => ({ namespace: 'default', name });

test('an object with some owners left loses the references to the others', () => {
  const object = { metadata: { ownerReferences: [ref({ metadata: { name: 'a', uid: '1' } }), ref({ metadata: { name: 'b', uid: '2' } })] } };
  const none = { any: false, someDeletingDependents: false };
  assert.deepEqual(
    decide(
      object,
      new Map([
        ['1', 'solid'],
        ['2', 'absent'],
      ] as const),
      none,
    ),
    { kind: 'dropReferences', uids: ['2'] },
  );
  assert.deepEqual(
    decide(
      object,
      new Map([
        ['1', 'absent'],
        ['2', 'absent'],
      ] as const),
      none,
    ),
    { kind: 'delete', policy: 'Background', unblockFirst: false },
  );
  assert.deepEqual(
    decide(
      object,
      new Map([
        ['1', 'waiting'],
        ['2', 'absent'],
      ] as const),
      { any: true, someDeletingDependents: true },
    ),
    {
      kind: 'delete',
      policy: 'Foreground',
      unblockFirst: true,
    },
  );
});

test('an owner that was never seen is checked, and forgotten with its last dependent', () => {
  const graph = new OwnerGraph();
  const work = graph.observe({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'n', uid: 'p', ownerReferences: [ref({ metadata: { name: 'o', uid: 'o' } })] },
  });
  assert.deepEqual(
    [...work.attemptToDelete].map((n) => n.identity.uid),
    ['o'],
  );
  assert.equal(graph.size, 2);
  graph.remove('p');
  assert.equal(graph.size, 0);
});

test('background deletion takes dependents of dependents along', async () => {
  await using t = await runOnFake([garbageCollectorController]);
  const maps = t.client.resource<ConfigMap>('configmaps');
  const a = await maps.create(configMap('a'));
  const b = await maps.create(configMap('b', [ref(a)]));
  await maps.create(configMap('c', [ref(b)]));
  await maps.create(configMap('other'));
  await t.settle();
  await maps.delete(key('a'), { propagationPolicy: 'Background' });
  await t.settle(100);
  assert.deepEqual(
    t.server.list('configmaps').map((o) => o.metadata?.name),
    ['other'],
  );
});

test('an object made for an owner that does not exist is deleted', async () => {
  await using t = await runOnFake([garbageCollectorController]);
  await t.client.resource<ConfigMap>('configmaps').create(configMap('b', [ref({ metadata: { name: 'gone', uid: 'never' } })]));
  await t.settle(100);
  assert.equal(t.server.list('configmaps').length, 0);
});

test('orphan deletion leaves the dependents without that owner', async () => {
  await using t = await runOnFake([garbageCollectorController]);
  const maps = t.client.resource<ConfigMap>('configmaps');
  const a = await maps.create(configMap('a'));
  await maps.create(configMap('b', [ref(a)]));
  await t.settle();
  await maps.delete(key('a'), { propagationPolicy: 'Orphan' });
  await t.settle(100);
  assert.deepEqual(
    t.server.list('configmaps').map((o) => [o.metadata?.name, o.metadata?.ownerReferences ?? []]),
    [['b', []]],
  );
});

test('foreground deletion keeps the owner until blocking dependents are gone', async () => {
  await using t = await runOnFake([garbageCollectorController]);
  const maps = t.client.resource<ConfigMap>('configmaps');
  const a = await maps.create(configMap('a'));
  await maps.create({ metadata: { ...configMap('b', [ref(a, { blockOwnerDeletion: true })]).metadata, finalizers: ['example.com/hold'] } });
  await t.settle();
  await maps.delete(key('a'), { propagationPolicy: 'Foreground' });
  await t.settle(1000);
  assert.ok(t.server.get('configmaps', 'a', 'default')?.metadata?.deletionTimestamp);
  assert.ok(t.server.get('configmaps', 'b', 'default')?.metadata?.deletionTimestamp);
  await maps.patch(key('b'), 'merge', { metadata: { finalizers: null } });
  await t.settle(1000);
  assert.equal(t.server.list('configmaps').length, 0);
});
