import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Lease, Node, Pod } from '../../api/index.ts';
import { runOnFake } from '../../../test/support/run-controllers-on-fake.ts';
import { CidrSet } from './cidr-set.ts';
import { zoneState } from './health.ts';
import { nodeIpamController } from './ipam.ts';
import { nodeLifecycleController } from './lifecycle.ts';
import { podGarbageCollectorController } from './pod-gc.ts';
import { taintEvictionController } from './taint-eviction.ts';
import { tolerationMs } from './taints.ts';

const lifecycle = nodeLifecycleController({ gracePeriodMs: 50_000, startupGracePeriodMs: 60_000, monitorPeriodMs: 5_000 });
const node = (name: string, status = 'True'): Node => ({
  metadata: { name },
  status: { conditions: [{ type: 'Ready', status, lastHeartbeatTime: '2026-01-01T00:00:00Z' }] },
});
const pod = (name: string, nodeName: string, more: Partial<NonNullable<Pod['spec']>> = {}): Pod => ({
  metadata: { name, namespace: 'default' },
  spec: { nodeName, containers: [], ...more },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
});

test('node ranges are given in turn, and those in use are passed over', () => {
  const set = new CidrSet('10.244.0.0/16', 24);
  set.occupy('10.244.1.0/24');
  assert.deepEqual([set.allocate(), set.allocate()], ['10.244.0.0/24', '10.244.2.0/24']);
  const six = new CidrSet('fd00:10:244::/56', 64);
  assert.deepEqual([six.allocate(), six.allocate()], ['fd00:10:244::/64', 'fd00:10:244:1::/64']);
  const tiny = new CidrSet('10.0.0.0/24', 25);
  assert.deepEqual([tiny.allocate(), tiny.allocate(), tiny.allocate()], ['10.0.0.0/25', '10.0.0.128/25', undefined]);
  tiny.release('10.0.0.0/25');
  assert.equal(tiny.allocate(), '10.0.0.0/25');
});

for (const [name, tolerations, want] of [
  ['none', [], 0],
  ['for ever', [{ key: 'k', operator: 'Exists', effect: 'NoExecute' }], undefined],
  ['a while', [{ key: 'k', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }], 300_000],
  ['everything', [{ operator: 'Exists' }], undefined],
  ['another', [{ key: 'x', operator: 'Exists' }], 0],
] as const) {
  test(`a taint is tolerated: ${name}`, () => assert.equal(tolerationMs([{ key: 'k', effect: 'NoExecute' }], tolerations), want));
}

test('a zone is disrupted when most of it is silent', () => {
  assert.equal(zoneState([true, false]), 'Normal');
  assert.equal(zoneState([false]), 'FullDisruption');
  assert.equal(zoneState([false, false, false, true]), 'PartialDisruption');
});

test('each node gets its part of the cluster range', async () => {
  await using t = await runOnFake([nodeIpamController({ clusterCidrs: ['10.244.0.0/16'], maskSizes: { ipv4: 24, ipv6: 64 } })], (server) => {
    server.put('nodes', { metadata: { name: 'old' }, spec: { podCIDR: '10.244.0.0/24', podCIDRs: ['10.244.0.0/24'] } } as Node);
  });
  t.server.put('nodes', node('a'));
  t.server.put('nodes', node('b'));
  await t.settle(100);
  assert.deepEqual(
    [t.server.get<Node>('nodes', 'a')?.spec?.podCIDR, t.server.get<Node>('nodes', 'b')?.spec?.podCIDRs],
    ['10.244.1.0/24', ['10.244.2.0/24']],
  );
});

test('a silent node turns Unknown, is tainted, and its pods go after their toleration', async () => {
  await using t = await runOnFake([lifecycle, taintEvictionController]);
  t.server.put('nodes', node('a'));
  t.server.put('nodes', node('b'));
  t.server.put('pods', pod('stays', 'a', { tolerations: [{ key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' }] }));
  t.server.put(
    'pods',
    pod('goes', 'a', { tolerations: [{ key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 }] }),
  );
  for (let i = 0; i < 6; i++) {
    t.server.put<Lease>('leases.coordination.k8s.io', {
      metadata: { name: 'b', namespace: 'kube-node-lease' },
      spec: { renewTime: `2026-01-01T00:00:0${i}.000000Z` },
    });
    await t.settle(10_000);
  }
  const a = t.server.get<Node>('nodes', 'a');
  assert.deepEqual(
    a?.status?.conditions?.map((c) => [c.type, c.status, c.reason]),
    [
      ['Ready', 'Unknown', 'NodeStatusUnknown'],
      ['MemoryPressure', 'Unknown', 'NodeStatusNeverUpdated'],
      ['DiskPressure', 'Unknown', 'NodeStatusNeverUpdated'],
      ['PIDPressure', 'Unknown', 'NodeStatusNeverUpdated'],
    ],
  );
  assert.deepEqual(
    a?.spec?.taints?.map((x) => [x.key, x.effect]),
    [
      ['node.kubernetes.io/unreachable', 'NoSchedule'],
      ['node.kubernetes.io/unreachable', 'NoExecute'],
    ],
  );
  assert.equal(t.server.get<Node>('nodes', 'b')?.status?.conditions?.[0]?.status, 'True');
  assert.equal(t.server.get<Pod>('pods', 'stays', 'default')?.status?.conditions?.[0]?.status, 'False');
  t.server.put<Lease>('leases.coordination.k8s.io', {
    metadata: { name: 'b', namespace: 'kube-node-lease' },
    spec: { renewTime: '2026-01-01T00:01:00.000000Z' },
  });
  await t.settle(35_000);
  assert.ok(t.server.get('pods', 'goes', 'default')?.metadata?.deletionTimestamp);
  assert.equal(
    t.server.get<Pod>('pods', 'goes', 'default')?.status?.conditions?.find((c) => c.type === 'DisruptionTarget')?.reason,
    'DeletionByTaintManager',
  );
  assert.equal(t.server.get('pods', 'stays', 'default')?.metadata?.deletionTimestamp, undefined);
  t.server.put('nodes', node('a'));
  await t.settle(100);
  assert.deepEqual(t.server.get<Node>('nodes', 'a')?.spec?.taints ?? [], []);
});

test('pods of a node that is gone are failed and deleted after the quarantine', async () => {
  await using t = await runOnFake([podGarbageCollectorController({ terminatedPodThreshold: 12_500 })]);
  t.server.put('pods', pod('lost', 'gone'));
  await t.settle(39_000);
  assert.ok(t.server.get('pods', 'lost', 'default'));
  await t.settle(45_000);
  assert.equal(t.server.get('pods', 'lost', 'default'), undefined);
});
