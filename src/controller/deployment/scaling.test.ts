import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Deployment, ReplicaSet } from '../../api/index.ts';
import { annotation, fenceposts, totalAvailable, totalReplicas } from './model.ts';
import { planCleanup, planRolling, planScale, type Scale } from './scaling.ts';
import { calculateStatus, deadlineCheckMs, rolloutStatus } from './status.ts';

type Rolling = { readonly maxSurge?: number | string; readonly maxUnavailable?: number | string };
const deployment = (replicas: number, rollingUpdate: Rolling = { maxSurge: '25%', maxUnavailable: '25%' }): Deployment => ({
  metadata: { name: 'd', generation: 1 },
  spec: { replicas, selector: {}, template: {}, strategy: { type: 'RollingUpdate', rollingUpdate }, progressDeadlineSeconds: 600 },
});
const set = (name: string, replicas: number, available = replicas, desired = replicas, max = desired): ReplicaSet => ({
  metadata: {
    name,
    uid: name,
    creationTimestamp: `2026-01-01T00:00:0${name.slice(-1)}Z`,
    annotations: { [annotation.desiredReplicas]: String(desired), [annotation.maxReplicas]: String(max), [annotation.revision]: name.slice(-1) },
  },
  spec: { replicas, selector: {} },
  status: { replicas, availableReplicas: available, readyReplicas: available },
});
const sizes = (scales: readonly Scale[]) => Object.fromEntries(scales.map((s) => [s.set.metadata?.name, s.replicas]));

for (const [name, replicas, rolling, want] of [
  ['a quarter', 10, { maxSurge: '25%', maxUnavailable: '25%' }, { maxSurge: 3, maxUnavailable: 2 }],
  ['none at all moves by one', 4, { maxSurge: 0, maxUnavailable: 0 }, { maxSurge: 0, maxUnavailable: 1 }],
  ['no more than there are', 2, { maxSurge: 1, maxUnavailable: 5 }, { maxSurge: 1, maxUnavailable: 2 }],
] as const) {
  test(`fenceposts: ${name}`, () => assert.deepEqual(fenceposts(deployment(replicas, rolling)), want));
}

for (const [name, d, newSet, oldSets, want] of [
  ['the new set takes the surge', deployment(10), set('n9', 0), [set('o1', 10)], { n9: 3 }],
  ['then old ones go as far as availability allows', deployment(10), set('n9', 3, 0), [set('o1', 10)], { o1: 8 }],
  ['broken old pods go first', deployment(10), set('n9', 3, 0), [set('o1', 4, 0), set('o2', 6)], { o1: 2 }],
  ['nothing moves while the new ones are not there', deployment(10), set('n9', 5, 0), [set('o1', 8)], {}],
  ['a new set that is too large shrinks', deployment(3), set('n9', 5), [], { n9: 3 }],
] as const) {
  test(`rolling: ${name}`, () => assert.deepEqual(sizes(planRolling(d, { newSet, oldSets })), want));
}

for (const [name, d, newSet, oldSets, want] of [
  ['one active set follows', deployment(7), set('n9', 5), [set('o1', 0)], { n9: 7 }],
  ['a saturated new set empties the rest', deployment(5), set('n9', 5), [set('o1', 2)], { o1: 0 }],
  [
    'in a rollout all grow in proportion',
    deployment(20, { maxSurge: 0, maxUnavailable: 1 }),
    set('n9', 4, 4, 10),
    [set('o1', 6, 6, 10)],
    { n9: 8, o1: 12 },
  ],
  ['and shrink so', deployment(5, { maxSurge: 0, maxUnavailable: 1 }), set('n9', 4, 4, 10), [set('o1', 6, 6, 10)], { n9: 2, o1: 3 }],
] as const) {
  test(`scale: ${name}`, () => assert.deepEqual(sizes(planScale(d, { newSet, oldSets })), want));
}

test('old sets beyond the limit go, oldest revision first, unless in use', () => {
  const done = (name: string) => ({ ...set(name, 0), status: { replicas: 0, observedGeneration: 1 } });
  const gone = planCleanup(deployment(1), [done('o3'), done('o1'), set('o2', 1)], 1);
  assert.deepEqual(
    gone.map((s) => s.metadata?.name),
    ['o1'],
  );
});

test('a rolling update never breaks its fenceposts and always ends', () => {
  const arbitrary = fc.record({
    replicas: fc.integer({ min: 1, max: 20 }),
    maxSurge: fc.integer({ min: 0, max: 5 }),
    maxUnavailable: fc.integer({ min: 0, max: 5 }),
  });
  fc.assert(
    fc.property(arbitrary, ({ replicas, ...rolling }) => {
      const d = deployment(replicas, rolling);
      const limits = fenceposts(d);
      let state = { newSet: set('n9', 0), oldSets: [set('o1', replicas)] };
      for (let i = 0; i < 200; i++) {
        const scales = planRolling(d, state);
        const apply = (s: ReplicaSet) => {
          const to = scales.find((x) => x.set === s)?.replicas ?? s.spec?.replicas ?? 0;
          return set(s.metadata?.name ?? '', to, to);
        };
        const reduced = [...state.oldSets, state.newSet].map((s) =>
          Math.min(s.status?.availableReplicas ?? 0, scales.find((x) => x.set === s)?.replicas ?? Infinity),
        );
        assert.ok(reduced.reduce((a, b) => a + b, 0) >= replicas - limits.maxUnavailable);
        state = { newSet: apply(state.newSet), oldSets: state.oldSets.map(apply) };
        assert.ok(totalReplicas([state.newSet, ...state.oldSets]) <= replicas + limits.maxSurge);
        if (scales.length === 0) break;
      }
      assert.equal(totalAvailable([state.newSet]), replicas);
      assert.equal(totalReplicas(state.oldSets), 0);
    }),
  );
});

test('a rollout that stands still times out after its deadline', () => {
  const now = '2026-01-01T00:00:00Z';
  const startMs = Date.parse(now);
  const sets = { newSet: set('n9', 3, 1), oldSets: [] };
  const first = rolloutStatus(deployment(3), sets, { nowMs: startMs, now });
  assert.deepEqual(
    first.conditions?.map((c) => [c.type, c.status, c.reason]),
    [
      ['Available', 'False', 'MinimumReplicasUnavailable'],
      ['Progressing', 'True', 'ReplicaSetUpdated'],
    ],
  );
  const d = { ...deployment(3), status: first };
  assert.equal(deadlineCheckMs(d, first, startMs), 601_000);
  const later = rolloutStatus(d, sets, { nowMs: startMs + 601_000, now: '2026-01-01T00:10:01Z' });
  assert.deepEqual(later.conditions?.find((c) => c.type === 'Progressing')?.message, 'ReplicaSet "n9" has timed out progressing.');
});

test('availability counts what may be missing', () => {
  const status = calculateStatus(deployment(4), { newSet: set('n9', 4, 3), oldSets: [] }, 'now');
  assert.deepEqual([status.unavailableReplicas, status.conditions?.[0]?.status], [1, 'True']);
});
