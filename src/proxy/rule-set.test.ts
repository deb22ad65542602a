import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRng } from '../base/index.ts';
import type { EndpointSlice, Service } from '../api/index.ts';
import { assignSlots } from './rules.ts';
import { RuleSet } from './rule-set.ts';
import { type Endpoint, servicePorts } from './service-map.ts';

const service = (spec: Partial<Service['spec']>): Service => ({
  metadata: { namespace: 'default', name: 'web' },
  spec: { clusterIP: '10.96.0.10', type: 'ClusterIP', ports: [{ port: 80, protocol: 'TCP' }], ...spec } as NonNullable<Service['spec']>,
});
const slice = (...endpoints: { ip: string; node?: string; ready?: boolean; terminating?: boolean }[]): EndpointSlice => ({
  metadata: { namespace: 'default', name: 'web-1' },
  addressType: 'IPv4',
  ports: [{ name: '', port: 8080, protocol: 'TCP' }],
  endpoints: endpoints.map((e) => ({
    addresses: [e.ip],
    nodeName: e.node ?? 'other',
    conditions: { ready: e.ready ?? true, serving: (e.ready ?? true) || (e.terminating ?? false), terminating: e.terminating ?? false },
  })),
});
const ports = (s: Service, ...slices: EndpointSlice[]) => servicePorts(s, slices, 'here');

test('a service with endpoints is data in maps', () => {
  const { commands } = new RuleSet().setService('default/web', ports(service({}), slice({ ip: '10.1.0.2' }, { ip: '10.1.0.3', node: 'here' })));
  const text = commands.join('\n');
  assert.match(text, /add element ip kube-proxy cluster-ips \{ 10\.96\.0\.10 \. tcp \. 80 : 20:1 \}/);
  assert.match(text, /add element ip kube-proxy slots \{ 0:1 \. 0 : [0-9a-f:]+, 0:1 \. 1 : [0-9a-f:]+ \}/);
  assert.match(text, /hairpin \{ 10\.1\.0\.3 \. 10\.1\.0\.3 \}/);
});

test('a service without endpoints is refused', () => {
  const { commands } = new RuleSet().setService('default/web', ports(service({}), slice()));
  assert.match(commands.join('\n'), /cluster-ips \{ 10\.96\.0\.10 \. tcp \. 80 : 3ff0:1 \}/);
});

test('terminating endpoints that serve are used only when none is ready', () => {
  const draining = slice({ ip: '10.1.0.2', ready: false, terminating: true }, { ip: '10.1.0.3', ready: false });
  assert.deepEqual(
    ports(service({}), draining)[0]!.endpoints.map((e) => e.ip),
    ['10.1.0.2'],
  );
  assert.deepEqual(
    ports(service({}), draining, slice({ ip: '10.1.0.9' }))[0]!.endpoints.map((e) => e.ip),
    ['10.1.0.9'],
  );
});

test('node ports masquerade, unless the traffic policy is Local, which drops where no endpoint is', () => {
  const spec = { type: 'NodePort', ports: [{ port: 80, nodePort: 30080, protocol: 'TCP' }] } as const;
  const rules = new RuleSet();
  const cluster = rules.setService('default/web', ports(service(spec), slice({ ip: '10.1.0.2' }))).commands.join('\n');
  assert.match(cluster, /node-ports \{ tcp \. 30080 : 8010:1 \}/);
  const local = rules
    .setService('default/web', ports(service({ ...spec, externalTrafficPolicy: 'Local' }), slice({ ip: '10.1.0.2' })))
    .commands.join('\n');
  assert.match(local, /add element ip kube-proxy node-ports \{ tcp \. 30080 : 3fe0:2 \}/);
});

test('an endpoint that goes gives its slot to the last one', () => {
  const rules = new RuleSet();
  rules.setService('default/web', ports(service({}), slice({ ip: '10.1.0.2' }, { ip: '10.1.0.3' }, { ip: '10.1.0.4' })));
  const { commands } = rules.setService('default/web', ports(service({}), slice({ ip: '10.1.0.3' }, { ip: '10.1.0.4' })));
  assert.equal(commands.filter((c) => c.includes(' slots ')).length, 2);
  assert.match(
    commands.join('\n'),
    /delete element ip kube-proxy slots \{ 0:1 \. 2, 0:1 \. 0 \}|delete element ip kube-proxy slots \{ 0:1 \. 0, 0:1 \. 2 \}/,
  );
});

test('nothing changed gives no commands', () => {
  const rules = new RuleSet();
  rules.setService('default/web', ports(service({}), slice({ ip: '10.1.0.2' })));
  assert.deepEqual(rules.setService('default/web', ports(service({}), slice({ ip: '10.1.0.2' }))).commands, []);
});

test('removing a service removes all its elements', () => {
  const rules = new RuleSet();
  const empty = rules.wholeTable('10.244.0.0/16');
  rules.setService('default/web', ports(service({ sessionAffinity: 'None' }), slice({ ip: '10.1.0.2', node: 'here' })));
  rules.setService('default/web', []);
  assert.equal(rules.wholeTable('10.244.0.0/16'), empty);
});

test('affinity makes its class first', () => {
  const { commands } = new RuleSet().setService(
    'default/web',
    ports(service({ sessionAffinity: 'ClientIP' }), slice({ ip: '10.1.0.2' }, { ip: '10.1.0.3' })),
  );
  assert.match(commands[0]!, /add chain ip kube-proxy anew-2-10800/);
  assert.match(commands.join('\n'), /cluster-ips \{ 10\.96\.0\.10 \. tcp \. 80 : 2000:1 \}/);
});

test('udp flows to endpoints that went are forgotten', () => {
  const udp = service({ ports: [{ port: 53, protocol: 'UDP' }] });
  const rules = new RuleSet();
  rules.setService('default/web', ports(udp, slice({ ip: '10.1.0.2' })));
  assert.deepEqual(rules.setService('default/web', ports(udp, slice({ ip: '10.1.0.3' }))).staleFlows, [
    { destination: '10.96.0.10', port: 53, endpoint: '10.1.0.2' },
  ]);
});

test('slots: whatever happens, the wanted endpoints hold 0 to n-1 and few move', () => {
  const rng = seededRng(3);
  let slots: Endpoint[] = [];
  for (let round = 0; round < 500; round++) {
    const wanted = Array.from({ length: 12 }, (_, i) => ({ ip: `10.0.0.${i}`, port: 80, isLocal: false })).filter(() => rng.int(2) === 0);
    const next = assignSlots(slots, wanted);
    assert.deepEqual(next.map((e) => e.ip).toSorted(), wanted.map((e) => e.ip).toSorted());
    const stay = slots.filter((e) => wanted.some((w) => w.ip === e.ip));
    const moved = stay.filter((e) => slots.findIndex((s) => s.ip === e.ip) !== next.findIndex((s) => s.ip === e.ip)).length;
    assert.ok(moved <= Math.max(0, slots.length - next.length), `${moved} moved`);
    slots = next;
  }
});
