import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRng } from '../base/index.ts';
import type { Node, Pod } from '../api/index.ts';
import { Cache } from './cache.ts';
import { failedSchedulingMessage } from './framework/index.ts';
import { inTreePlugins } from './plugins/index.ts';
import { SchedulingQueue } from './queue.ts';
import { scheduleOne } from './schedule-one.ts';

type PodSpec = NonNullable<Pod['spec']>;
type NodeSpec = NonNullable<Node['spec']>;

const pod = (name: string, spec: Partial<PodSpec> = {}, requests: Record<string, string> = {}): Pod => ({
  metadata: { name, namespace: 'default', uid: name },
  spec: { containers: [{ name: 'c', image: 'i', resources: { requests } }], schedulerName: 'default-scheduler', ...spec },
});
const node = (name: string, spec: Partial<NodeSpec> = {}, allocatable: Record<string, string> = {}, labels: Record<string, string> = {}): Node => ({
  metadata: { name, labels },
  spec,
  status: { allocatable: { cpu: '2', memory: '4Gi', pods: '10', ...allocatable } },
});

function place(p: Pod, nodes: readonly Node[], bound: readonly Pod[] = []): string {
  const cache = new Cache();
  for (const n of nodes) cache.setNode(n);
  for (const b of bound) cache.setPod(b);
  const decision = scheduleOne(p, cache.snapshot(), { plugins: inTreePlugins, rng: seededRng(1) });
  return decision.kind === 'node' ? decision.nodeName : failedSchedulingMessage(decision.diagnosis);
}

const noSchedule = { key: 'k', value: 'v', effect: 'NoSchedule' };
const affinity = (key: string, operator: string, values: string[]): Partial<PodSpec> => ({
  affinity: {
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key, operator, values }] }] } },
  },
});

const cases: readonly (readonly [string, Pod, readonly Node[], readonly Pod[], string])[] = [
  ['one node that fits', pod('p'), [node('a')], [], 'a'],
  ['no node at all', pod('p'), [], [], 'no nodes available to schedule pods'],
  ['too little cpu', pod('p', {}, { cpu: '3' }), [node('a'), node('b')], [], '0/2 nodes are available: 2 Insufficient cpu.'],
  [
    'cpu that bound pods have taken',
    pod('p', {}, { cpu: '1' }),
    [node('a')],
    [pod('q', { nodeName: 'a' }, { cpu: '1500m' })],
    '0/1 nodes are available: 1 Insufficient cpu.',
  ],
  [
    'cpu and memory',
    pod('p', {}, { cpu: '3', memory: '5Gi' }),
    [node('a')],
    [],
    '0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory.',
  ],
  ['a full node', pod('p'), [node('a', {}, { pods: '1' })], [pod('q', { nodeName: 'a' })], '0/1 nodes are available: 1 Too many pods.'],
  ['extended resources', pod('p', {}, { 'example.org/gpu': '1' }), [node('a'), node('b', {}, { 'example.org/gpu': '2' })], [], 'b'],
  ['a cordoned node', pod('p'), [node('a', { unschedulable: true })], [], '0/1 nodes are available: 1 node(s) were unschedulable.'],
  ['an untolerated taint', pod('p'), [node('a', { taints: [noSchedule] }), node('b')], [], 'b'],
  [
    'a taint that nobody tolerates',
    pod('p'),
    [node('a', { taints: [noSchedule] })],
    [],
    '0/1 nodes are available: 1 node(s) had untolerated taint(s).',
  ],
  ['a tolerated taint', pod('p', { tolerations: [{ key: 'k', operator: 'Exists' }] }), [node('a', { taints: [noSchedule] })], [], 'a'],
  ['PreferNoSchedule is second best', pod('p'), [node('a', { taints: [{ ...noSchedule, effect: 'PreferNoSchedule' }] }), node('b')], [], 'b'],
  ['a node selector', pod('p', { nodeSelector: { disk: 'ssd' } }), [node('a'), node('b', {}, {}, { disk: 'ssd' })], [], 'b'],
  [
    'required affinity that no node has',
    pod('p', affinity('zone', 'In', ['x'])),
    [node('a')],
    [],
    "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
  ],
  ['affinity Gt', pod('p', affinity('cores', 'Gt', ['4'])), [node('a', {}, {}, { cores: '4' }), node('b', {}, {}, { cores: '8' })], [], 'b'],
  [
    'a host port in use',
    pod('p', { containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort: 80 }] }] }),
    [node('a')],
    [pod('q', { nodeName: 'a', containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort: 80, hostIP: '127.0.0.1' }] }] })],
    "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.",
  ],
  ['the emptier node', pod('p', {}, { cpu: '100m' }), [node('a'), node('b')], [pod('q', { nodeName: 'a' }, { cpu: '1', memory: '2Gi' })], 'b'],
  [
    'different reasons, sorted as text',
    pod('p', {}, { cpu: '3' }),
    [node('a', { unschedulable: true }), node('b')],
    [],
    '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable.',
  ],
];

for (const [name, p, nodes, bound, expected] of cases) test(`placing: ${name}`, () => assert.equal(place(p, nodes, bound), expected));

test('init containers count at their worst moment', () => {
  const spec = {
    initContainers: [{ name: 'i', resources: { requests: { cpu: '1500m' } } }],
    containers: [{ name: 'c', resources: { requests: { cpu: '1' } } }],
  };
  assert.equal(place(pod('p', spec), [node('a', {}, { cpu: '1400m' })]), '0/1 nodes are available: 1 Insufficient cpu.');
  assert.equal(place(pod('p', spec), [node('a', {}, { cpu: '1500m' })]), 'a');
});

test('whatever the nodes and pods: nothing is overcommitted, and a pod is refused only where none fits', () => {
  const rng = seededRng(11);
  for (let round = 0; round < 60; round++) {
    const cache = new Cache();
    const free = new Map<string, number>();
    for (let i = 0; i < 1 + rng.int(5); i++) {
      const cpu = 1 + rng.int(4);
      cache.setNode(node(`n${i}`, {}, { cpu: String(cpu), pods: '100' }));
      free.set(`n${i}`, cpu * 1000);
    }
    for (let i = 0; i < 20; i++) {
      const milli = 100 * (1 + rng.int(15));
      const p = pod(`p${round}-${i}`, {}, { cpu: `${milli}m` });
      const decision = scheduleOne(p, cache.snapshot(), { plugins: inTreePlugins, rng });
      if (decision.kind === 'none') {
        assert.ok([...free.values()].every((f) => f < milli));
        continue;
      }
      cache.assumePod(p, decision.nodeName);
      free.set(decision.nodeName, free.get(decision.nodeName)! - milli);
      assert.ok(free.get(decision.nodeName)! >= 0);
    }
  }
});

test('an assumed pod counts until it is forgotten, and the watch corrects it', () => {
  const cache = new Cache();
  cache.setNode(node('a'));
  cache.setNode(node('b'));
  const p = pod('p', {}, { cpu: '1' });
  cache.assumePod(p, 'a');
  assert.equal(cache.snapshot().get('a')?.requested.get('cpu'), 1000);
  cache.setPod({ ...p, spec: { ...p.spec!, nodeName: 'b' } });
  assert.equal(cache.snapshot().get('a')?.pods.size, 0);
  assert.equal(cache.snapshot().get('b')?.requested.get('cpu'), 1000);
  cache.forgetPod(p);
  assert.equal(cache.snapshot().get('b')?.pods.size, 1);
  cache.removePod(p);
  assert.equal(cache.snapshot().get('b')?.pods.size, 0);
});

const plugins = inTreePlugins.map((w) => w.plugin);

test('the queue gives higher priority first, then who waited longest', () => {
  const queue = new SchedulingQueue(plugins);
  queue.update(pod('low'), 1);
  queue.update(pod('high', { priority: 10 }), 3);
  queue.update(pod('later'), 2);
  assert.deepEqual(
    [0, 0, 0].map(() => queue.pop(5)?.pod.metadata?.name),
    ['high', 'low', 'later'],
  );
  assert.equal(queue.pop(5), undefined);
});

test('a pod refused for cpu waits for a pod to go, and for its back-off', () => {
  const queue = new SchedulingQueue(plugins);
  const p = pod('p', {}, { cpu: '1' });
  queue.update(p, 0);
  queue.pop(0);
  queue.requeue(p, new Set(['NodeResourcesFit']), 0);
  queue.onEvent({ resource: 'Pod', action: 'Update', pod: pod('q') }, 100);
  assert.equal(queue.pop(5_000), undefined);
  queue.onEvent({ resource: 'Pod', action: 'Delete', pod: pod('q') }, 100);
  assert.equal(queue.pop(100), undefined);
  assert.equal(queue.nextWakeMs(), 1_000);
  assert.equal(queue.pop(1_000)?.attempts, 2);
});

test('an event that comes while a pod is being tried is not lost', () => {
  const queue = new SchedulingQueue(plugins);
  const p = pod('p');
  queue.update(p, 0);
  queue.pop(0);
  queue.onEvent({ resource: 'Node', action: 'Add', node: node('new') }, 0);
  queue.requeue(p, new Set(['NodeName']), 0);
  assert.equal(queue.pop(1_000)?.pod.metadata?.name, 'p');
});

test('a gated pod is not tried until its gates are gone', () => {
  const queue = new SchedulingQueue(plugins);
  queue.update(pod('p', { schedulingGates: [{ name: 'g' }] }), 0);
  assert.equal(queue.pop(10 * 60_000), undefined);
  queue.update(pod('p'), 1);
  assert.equal(queue.pop(1)?.pod.metadata?.name, 'p');
});

test('a change of its status does not bring a pod back', () => {
  const queue = new SchedulingQueue(plugins);
  const p = pod('p');
  queue.update(p, 0);
  queue.pop(0);
  queue.requeue(p, new Set(['NodeResourcesFit']), 0);
  queue.update({ ...p, status: { phase: 'Pending' } }, 10);
  assert.equal(queue.pop(2_000), undefined);
  queue.update(pod('p', { priority: 5 }), 10);
  assert.equal(queue.pop(2_000)?.pod.spec?.priority, 5);
});
