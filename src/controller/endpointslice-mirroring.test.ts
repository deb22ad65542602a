import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Endpoints, EndpointSlice, Service } from '../api/index.ts';
import { runOnFake } from '../../test/support/run-controllers-on-fake.ts';
import { endpointSliceMirroringController, isMirrored, planMirror } from './endpointslice-mirroring.ts';

const endpoints = (...ips: readonly string[]): Endpoints => ({
  metadata: {
    name: 's',
    namespace: 'default',
    uid: 'e',
    labels: { a: 'b' },
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
  },
  subsets: [{ addresses: ips.map((ip) => ({ ip })), ports: [{ port: 80, protocol: 'TCP' }] }],
});
const bare: Service = { metadata: { name: 's', namespace: 'default' }, spec: { ports: [{ port: 80 }] } };

test('each family and set of ports is a slice; what is no address is left out', () => {
  const { create, invalid } = planMirror(endpoints('10.0.0.1', 'fd00::1', 'nonsense'), []);
  assert.deepEqual(
    create.map((s) => [s.addressType, s.endpoints?.map((e) => e.addresses[0])]),
    [
      ['IPv4', ['10.0.0.1']],
      ['IPv6', ['fd00::1']],
    ],
  );
  assert.equal(invalid, 1);
  assert.deepEqual(create[0]?.metadata?.annotations, undefined);
  const named = create.map((s, i) => ({ ...s, metadata: { ...s.metadata, name: `s-${i}` } }));
  const next = planMirror(endpoints('10.0.0.2'), named);
  assert.deepEqual([next.create.length, next.update.map((s) => s.metadata?.name), next.delete.map((s) => s.metadata?.name)], [0, ['s-0'], ['s-1']]);
});

for (const [name, e, s, want] of [
  ['by hand', endpoints('10.0.0.1'), bare, true],
  ['without a Service', endpoints('10.0.0.1'), undefined, false],
  ['of a selector', endpoints('10.0.0.1'), { spec: { selector: { a: 'b' } } }, false],
  ['that ask not to be', { metadata: { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } } }, bare, false],
] as const) {
  test(`Endpoints ${name} are ${want ? '' : 'not '}mirrored`, () => assert.equal(isMirrored(e, s), want));
}

test('slices follow the Endpoints and go with them', async () => {
  await using t = await runOnFake([endpointSliceMirroringController]);
  t.server.put('services', bare);
  t.server.put('endpoints', endpoints('10.0.0.1'));
  await t.settle(100);
  const slices = () => t.server.list<EndpointSlice>('endpointslices.discovery.k8s.io').map((s) => s.endpoints?.map((e) => e.addresses[0]));
  assert.deepEqual(slices(), [['10.0.0.1']]);
  t.server.put('endpoints', endpoints('10.0.0.1', '10.0.0.2'));
  await t.settle(100);
  assert.deepEqual(slices(), [['10.0.0.1', '10.0.0.2']]);
  t.server.remove('endpoints', 's', 'default');
  await t.settle(100);
  assert.deepEqual(slices(), []);
});
