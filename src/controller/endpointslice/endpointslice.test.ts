import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Endpoints, EndpointSlice, Pod, Service } from '../../api/index.ts';
import { runOnFake } from '../../../test/support/run-controllers-on-fake.ts';
import { endpointsController } from '../endpoints.ts';
import { endpointSliceController } from './index.ts';
import { planSlices } from './slices-plan.ts';

const service: Service = {
  metadata: { name: 's', namespace: 'default', uid: 'u', labels: { team: 'x' } },
  spec: {
    selector: { app: 'a' },
    clusterIP: '10.0.0.9',
    ipFamilies: ['IPv4'],
    ports: [{ name: 'http', port: 80, targetPort: 'web', protocol: 'TCP' }],
  },
};
const pod = (n: number, ready = true): Pod => ({
  metadata: { name: `p${n}`, namespace: 'default', uid: `p${n}`, labels: { app: 'a' } },
  spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i', ports: [{ name: 'web', containerPort: 8080, protocol: 'TCP' }] }] },
  status: {
    phase: 'Running',
    podIP: `10.1.${n >> 8}.${n & 255}`,
    podIPs: [{ ip: `10.1.${n >> 8}.${n & 255}` }],
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
  },
});
const plan = (pods: readonly Pod[], existing: readonly EndpointSlice[] = [], maxEndpoints = 100) =>
  planSlices({
    service,
    pods,
    existing,
    node: () => ({ metadata: { labels: { 'topology.kubernetes.io/zone': 'z' } } }),
    triggerTime: '',
    maxEndpoints,
  });
const named = (slices: readonly EndpointSlice[]) => slices.map((s, i) => ({ ...s, metadata: { ...s.metadata, name: `s-${i}` } }));

test('pods become endpoints with conditions, node, zone and resolved ports', () => {
  const { create } = plan([pod(1), pod(2, false)]);
  assert.equal(create.length, 1);
  assert.deepEqual(create[0]?.ports, [{ name: 'http', port: 8080, protocol: 'TCP' }]);
  assert.deepEqual(
    create[0]?.endpoints?.map((e) => [e.addresses[0], e.conditions, e.nodeName, e.zone]),
    [
      ['10.1.0.1', { ready: true, serving: true, terminating: false }, 'n1', 'z'],
      ['10.1.0.2', { ready: false, serving: false, terminating: false }, 'n1', 'z'],
    ],
  );
  assert.deepEqual(create[0]?.metadata?.labels, {
    team: 'x',
    'kubernetes.io/service-name': 's',
    'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
  });
});

test('a terminating pod that still serves is not ready', () => {
  const going = { ...pod(1), metadata: { ...pod(1).metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
  assert.deepEqual(plan([going]).create[0]?.endpoints?.[0]?.conditions, { ready: false, serving: true, terminating: true });
});

test('slices hold at most their limit, and one change touches one slice', () => {
  const pods = Array.from({ length: 250 }, (_, i) => pod(i + 1));
  const slices = named(plan(pods).create);
  assert.deepEqual(
    slices.map((s) => s.endpoints?.length),
    [100, 100, 50],
  );
  assert.deepEqual(plan(pods, slices), { create: [], update: [], delete: [] });
  const fewer = plan(pods.slice(1), slices);
  assert.deepEqual([fewer.create.length, fewer.update.map((s) => s.metadata?.name), fewer.delete.length], [0, ['s-0'], 0]);
  const more = plan([...pods, pod(999)], slices);
  assert.deepEqual([more.create.length, more.update.map((s) => s.metadata?.name)], [0, ['s-2']]);
});

test('without pods one empty slice stays', () => {
  const { create } = plan([]);
  assert.deepEqual(
    create.map((s) => [s.endpoints, s.ports]),
    [[[], []]],
  );
  const next = plan([pod(1)], named(create));
  assert.deepEqual([next.create.length, next.delete.length], [1, 1]);
});

test('slices and endpoints follow pods at work', async () => {
  await using t = await runOnFake([endpointSliceController, endpointsController]);
  await t.client.resource<Service>('services').create(service);
  t.server.put('pods', pod(1, false));
  await t.settle(100);
  const slices = () => t.server.list<EndpointSlice>('endpointslices.discovery.k8s.io');
  assert.deepEqual(
    slices().map((s) => s.endpoints?.map((e) => e.conditions?.ready)),
    [[false]],
  );
  t.server.put('pods', pod(1));
  await t.settle(100);
  assert.deepEqual(
    slices().map((s) => s.endpoints?.map((e) => e.conditions?.ready)),
    [[true]],
  );
  const endpoints = t.server.get<Endpoints>('endpoints', 's', 'default');
  assert.deepEqual(
    endpoints?.subsets?.map((s) => [s.addresses?.map((a) => a.ip), s.ports]),
    [[['10.1.0.1'], [{ name: 'http', port: 8080, protocol: 'TCP' }]]],
  );
  t.server.remove('pods', 'p1', 'default');
  await t.settle(100);
  assert.deepEqual(
    slices().map((s) => s.endpoints),
    [[]],
  );
  await t.client.resource('services').delete({ namespace: 'default', name: 's' });
  await t.settle(100);
  assert.equal(t.server.get('endpoints', 's', 'default'), undefined);
});
