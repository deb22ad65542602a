import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, Pod } from '../types.gen.ts';
import { podTemplateHash } from './hash.ts';
import { matchesRequiredNodeAffinity } from './node-affinity.ts';
import { podLimits, podRequests, qosClass } from './pod-resources.ts';
import { isPodAvailable, podReferences } from './pods.ts';
import { semanticEqual } from './semantic-equal.ts';
import { untoleratedTaint } from './taints.ts';
import { isDns1123Label, isValidPortName } from './validation/formats.ts';
import { canonicalIp, cidrErrors, ipErrors } from './validation/ip.ts';

const asks = (cpu: string, memory?: string) => ({ requests: { cpu, ...(memory ? { memory } : {}) } });
const pod = (spec: Partial<NonNullable<Pod['spec']>>): Pod => ({ metadata: { name: 'p' }, spec: { containers: [], ...spec } });

test('what a pod requests: side by side, or its hungriest start', () => {
  const containers = [
    { name: 'a', resources: asks('100m', '1Gi') },
    { name: 'b', resources: asks('200m') },
  ];
  assert.deepEqual(
    [...podRequests(pod({ containers }))],
    [
      ['cpu', 300],
      ['memory', 1024 ** 3],
    ],
  );
  const initContainers = [
    { name: 's', restartPolicy: 'Always', resources: asks('50m') },
    { name: 'i', resources: asks('1') },
  ];
  assert.equal(podRequests(pod({ containers, initContainers })).get('cpu'), 1050, 'the second start runs beside the sidecar');
  assert.equal(podRequests(pod({ containers, initContainers: initContainers.slice(0, 1) })).get('cpu'), 350);
  assert.equal(podRequests(pod({ containers, overhead: { cpu: '10m' } })).get('cpu'), 310);
  assert.equal(podRequests(pod({ containers, resources: asks('2') })).get('cpu'), 2000, 'what is asked for the pod as a whole wins');
  assert.deepEqual([...podLimits(pod({ containers }))], []);
});

test('quality of service', () => {
  const equal = { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1000m', memory: '1024Mi' } };
  const of = (...resources: object[]) => qosClass(pod({ containers: resources.map((r, i) => ({ name: `c${i}`, resources: r })) }));
  assert.equal(of(equal), 'Guaranteed');
  assert.equal(of(equal, {}), 'Burstable');
  assert.equal(of({}), 'BestEffort');
  assert.equal(of({ limits: { 'example.com/gpu': '1' } }), 'BestEffort');
});

const node: Node = { metadata: { name: 'n1', labels: { zone: 'a', cores: '8' } } };
const affinity = (...nodeSelectorTerms: object[]): Pod =>
  pod({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: nodeSelectorTerms as never } } } });
const term = (key: string, operator: string, ...values: string[]) => ({ matchExpressions: [{ key, operator, values }] });

const nodes: readonly (readonly [string, Pod, boolean])[] = [
  ['no wishes', pod({}), true],
  ['selector', pod({ nodeSelector: { zone: 'a' } }), true],
  ['other selector', pod({ nodeSelector: { zone: 'b' } }), false],
  ['a key of the prototype', pod({ nodeSelector: { constructor: 'x' } }), false],
  ['In', affinity(term('zone', 'In', 'a', 'b')), true],
  ['NotIn', affinity(term('zone', 'NotIn', 'a')), false],
  ['NotIn without the label', affinity(term('rack', 'NotIn', 'a')), true],
  ['Gt', affinity(term('cores', 'Gt', '4')), true],
  ['Gt of no number', affinity(term('zone', 'Gt', '4')), false],
  ['one term of two', affinity(term('zone', 'In', 'z'), term('cores', 'Exists')), true],
  ['an empty term', affinity({}), false],
  ['by name', affinity({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] }), true],
];
for (const [name, wanted, expected] of nodes) {
  test(`node affinity: ${name}`, () => assert.equal(matchesRequiredNodeAffinity(wanted, node), expected));
}

test('taints', () => {
  const taints = [{ key: 'a', value: 'b', effect: 'NoSchedule' }];
  const stays = (...tolerations: object[]) => untoleratedTaint(taints, tolerations) === undefined;
  assert.ok(!stays());
  assert.ok(stays({ operator: 'Exists' }));
  assert.ok(stays({ key: 'a', value: 'b', effect: 'NoSchedule' }));
  assert.ok(stays({ key: 'a', operator: 'Exists' }));
  assert.ok(!stays({ key: 'a', value: 'c' }));
  assert.ok(!stays({ key: 'a', value: 'b', effect: 'NoExecute' }));
});

test('equal in meaning', () => {
  assert.ok(semanticEqual({ a: [], b: 1 }, { b: 1 }));
  assert.ok(semanticEqual({ b: 1 }, { a: null, b: 1 }));
  assert.ok(!semanticEqual({ a: {} }, {}));
  assert.ok(!semanticEqual([1], [1, 2]));
  assert.ok(!semanticEqual(JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"__proto__":{"a":2}}')));
});

test('availability counts from when the pod became ready', () => {
  const ready: Pod = { status: { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-02T12:00:00Z' }] } };
  const at = Date.parse('2026-01-02T12:00:10Z');
  assert.ok(isPodAvailable(ready, 10, at));
  assert.ok(!isPodAvailable(ready, 11, at));
});

test('what a pod refers to', () => {
  const { secrets, configMaps, claims } = podReferences(
    pod({
      containers: [{ name: 'c', envFrom: [{ secretRef: { name: 's1' } }] }],
      imagePullSecrets: [{ name: 's2' }],
      volumes: [
        { name: 'v', configMap: { name: 'm' } },
        { name: 'e', ephemeral: {} },
        { name: 'p', persistentVolumeClaim: { claimName: 'c' } },
      ],
    }),
  );
  assert.deepEqual([[...secrets], [...configMaps], [...claims]], [['s2', 's1'], ['m'], ['p-e', 'c']]);
});

test('hashes of templates are short, stable and differ by collision count', () => {
  const template = { metadata: { labels: { a: 'b' } } };
  const hash = podTemplateHash(template);
  assert.match(hash, /^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/);
  assert.equal(podTemplateHash({ metadata: { labels: { a: 'b' } } }), hash);
  assert.notEqual(podTemplateHash(template, 1), hash);
});

test('formats', () => {
  assert.deepEqual(isDns1123Label('a-b'), []);
  assert.deepEqual(isDns1123Label('a.b'), ['must not contain dots']);
  assert.deepEqual(isValidPortName('a--b'), ['must not contain consecutive hyphens']);
  assert.deepEqual(isValidPortName('123'), ['must contain at least one letter (a-z)']);
});

test('addresses and ranges', () => {
  assert.deepEqual(ipErrors('010.0.0.1'), ['must not have leading 0s']);
  assert.deepEqual(ipErrors('::ffff:1.2.3.4'), ['must not be an IPv4-mapped IPv6 address']);
  assert.deepEqual(ipErrors('x'), ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']);
  assert.equal(canonicalIp('2001:DB8:0:0::1'), '2001:db8::1');
  assert.deepEqual(cidrErrors('10.0.0.0/8'), []);
  assert.deepEqual(cidrErrors('fd00::/64'), []);
  assert.deepEqual(cidrErrors('fd00::1/64'), ['must not have bits set beyond the prefix length']);
  assert.deepEqual(cidrErrors('10.0.0.0/33'), ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']);
  assert.deepEqual(cidrErrors('2001:DB8::/32', true), ['must be in canonical form ("2001:db8::/32")']);
});
