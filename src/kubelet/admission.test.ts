import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, Pod } from '../api/index.ts';
import { admissionRefusal } from './admission.ts';
import { app, podOf } from './pod-fixtures.ts';

const node: Node = {
  metadata: { name: 'n', labels: { disk: 'ssd' } },
  spec: {
    taints: [
      { key: 'down', effect: 'NoExecute' },
      { key: 'full', effect: 'NoSchedule' },
    ],
  },
};
const tolerations = [{ key: 'down', operator: 'Exists' }];
const allocatable = new Map([
  ['cpu', 2000],
  ['memory', 1000],
  ['pods', 3],
]);
const needs = (cpu: string, more: object = {}): Pod =>
  podOf({ tolerations, containers: [app('main', { resources: { requests: { cpu } } })], ...more });
const port = (hostPort: number, hostIP?: string) =>
  podOf({ tolerations, containers: [app('main', { ports: [{ containerPort: 80, hostPort, protocol: 'TCP', ...(hostIP ? { hostIP } : {}) }] })] });

test('a node refuses what it cannot hold, in upstream’s words', () => {
  const predicate = (reason: string, why: string) => `${reason}: Predicate ${reason} failed: ${why}`;
  const rows: readonly (readonly [string, Pod, readonly Pod[], string | undefined])[] = [
    ['fits', needs('1500m'), [needs('500m')], undefined],
    ['cpu', needs('1501m'), [needs('500m')], "OutOfcpu: Node didn't have enough resource: cpu, requested: 1501, used: 500, capacity: 2000"],
    [
      'pods',
      podOf({ tolerations }),
      [podOf(), podOf(), podOf()],
      "OutOfpods: Node didn't have enough resource: pods, requested: 1, used: 3, capacity: 3",
    ],
    ['labels', needs('1', { nodeSelector: { disk: 'hdd' } }), [], predicate('NodeAffinity', "node(s) didn't match Pod's node affinity/selector")],
    ['taint', podOf(), [], predicate('TaintToleration', "node(s) had taints that the pod didn't tolerate")],
    [
      'sysctl',
      podOf({
        tolerations,
        securityContext: {
          sysctls: [
            { name: 'net/ipv4/tcp_rmem', value: '1' },
            { name: 'kernel.msgmax', value: '1' },
          ],
        },
      }),
      [],
      'SysctlForbidden: forbidden sysctl: "kernel.msgmax" not allowlisted',
    ],
    ['port', port(80), [port(80, '127.0.0.1')], predicate('NodePorts', "node(s) didn't have free ports for the requested pod ports")],
    ['port of another address', port(80, '127.0.0.2'), [port(80, '127.0.0.1')], undefined],
    ['another port', port(81), [port(80)], undefined],
  ];
  for (const [name, pod, others, wanted] of rows) {
    const refusal = admissionRefusal(pod, { node, allocatable, others });
    assert.equal(refusal && `${refusal.reason}: ${refusal.message}`, wanted, name);
  }
});
