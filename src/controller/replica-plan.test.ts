import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../api/index.ts';
import { planReplicas, podsToDelete, replicaStatus } from './replica-plan.ts';

const nowMs = Date.parse('2026-01-02T00:00:00Z');
const pod = (
  name: string,
  more: { node?: string; phase?: string; ready?: boolean; cost?: string; created?: string; restarts?: number } = {},
): Pod => {
  const { node = 'n1', phase = 'Running', ready = true, cost, created = '2026-01-01T00:00:00Z', restarts = 0 } = more;
  return {
    metadata: {
      name,
      uid: name,
      creationTimestamp: created,
      ...(cost === undefined ? {} : { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } }),
    },
    spec: { containers: [], ...(node === '' ? {} : { nodeName: node }) },
    status: {
      phase,
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: created }],
      containerStatuses: [{ name: 'c', restartCount: restarts } as never],
    },
  };
};

for (const [name, keep, goes] of [
  ['an unassigned one before an assigned one', pod('k'), pod('g', { node: '', phase: 'Pending', ready: false })],
  ['pending before running', pod('k', { ready: false }), pod('g', { phase: 'Pending', ready: false })],
  ['not ready before ready', pod('k'), pod('g', { ready: false })],
  ['the cheaper one', pod('k', { cost: '10' }), pod('g', { cost: '-5' })],
  ['the much younger one', pod('k'), pod('g', { created: '2026-01-01T23:59:00Z' })],
  ['the one that restarted more', pod('k'), pod('g', { restarts: 3 })],
] as const) {
  test(`deleted first: ${name}`, () => {
    for (const pods of [
      [keep, goes],
      [goes, keep],
    ]) {
      assert.deepEqual(
        podsToDelete(pods, 1, { siblings: pods, nowMs }).map((p) => p.metadata?.name),
        ['g'],
      );
    }
  });
}

test('of nodes with siblings the fullest gives first', () => {
  const pods = [pod('a', { node: 'n1' }), pod('b', { node: 'n2' })];
  const siblings = [...pods, pod('other', { node: 'n2' })];
  assert.deepEqual(
    podsToDelete(pods, 1, { siblings, nowMs }).map((p) => p.metadata?.name),
    ['b'],
  );
});

for (const [replicas, count, want] of [
  [3, 1, { kind: 'create', count: 2 }],
  [2, 2, { kind: 'none' }],
  [2000, 0, { kind: 'create', count: 500 }],
] as const) {
  test(`${count} of ${replicas} replicas: ${want.kind}`, () => {
    const pods = Array.from({ length: count }, (_, i) => pod(`p${i}`));
    assert.deepEqual(planReplicas(replicas, pods, { siblings: pods, nowMs }), want);
  });
}

test('the status counts labels, readiness, availability and what is going', () => {
  const going = { ...pod('g'), metadata: { ...pod('g').metadata, deletionTimestamp: '2026-01-02T00:00:00Z' } };
  const labelled = { ...pod('l'), metadata: { ...pod('l').metadata, labels: { a: 'b' } } };
  const fresh = pod('f', { created: '2026-01-01T23:59:55Z' });
  const status = replicaStatus({
    status: undefined,
    generation: 4,
    replicas: 3,
    minReadySeconds: 10,
    templateLabels: { a: 'b' },
    pods: [going, labelled, fresh],
    failure: 'no',
    nowMs,
    now: 'now',
  });
  assert.deepEqual(status, {
    replicas: 2,
    fullyLabeledReplicas: 1,
    readyReplicas: 2,
    availableReplicas: 1,
    terminatingReplicas: 1,
    observedGeneration: 4,
    conditions: [{ type: 'ReplicaFailure', status: 'True', lastTransitionTime: 'now', reason: 'FailedCreate', message: 'no' }],
  });
});
