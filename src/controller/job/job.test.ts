import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job, Pod } from '../../api/index.ts';
import type { CoreEvent } from '../../client/index.ts';
import { runOnFake, type ControllersOnFake } from '../../../test/support/run-controllers-on-fake.ts';
import { matchFailurePolicy } from './failure-policy.ts';
import { firstPending, formatIndexes, parseIndexes } from './indexes.ts';
import { jobController } from './index.ts';

const job = (spec: Partial<NonNullable<Job['spec']>>): Job => ({
  metadata: { name: 'j', namespace: 'default' },
  spec: {
    parallelism: 2,
    completions: 3,
    backoffLimit: 6,
    selector: { matchLabels: { job: 'j' } },
    template: { metadata: { labels: { job: 'j' } }, spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } },
    ...spec,
  },
});

/** The kubelet's part: pods that run end so. */
function finish(t: ControllersOnFake, phase: 'Succeeded' | 'Failed', count = Infinity): void {
  const open = t.server.list<Pod>('pods').filter((p) => p.status?.phase === undefined && p.metadata?.deletionTimestamp === undefined);
  for (const pod of open.slice(0, count)) t.server.put('pods', { ...pod, status: { phase } });
}

const read = (t: ControllersOnFake) => t.server.get<Job>('jobs.batch', 'j', 'default');
const conditions = (t: ControllersOnFake) => read(t)?.status?.conditions?.map((c) => [c.type, c.status, c.reason]);

for (const [text, set] of [
  ['0-3,5', [0, 1, 2, 3, 5]],
  ['1,2', [1, 2]],
  ['', []],
] as const) {
  test(`indexes ${JSON.stringify(text)} are read and written`, () => {
    assert.deepEqual([...parseIndexes(text, 10)], set);
    assert.equal(formatIndexes(new Set(set)), text);
  });
}

test('the first pending indexes pass over what is taken', () => {
  assert.deepEqual(firstPending(2, 5, [new Set([0]), new Set([2])]), [1, 3]);
});

test('a failure policy names the container, the code and the rule', () => {
  const pod: Pod = {
    metadata: { name: 'p', namespace: 'n' },
    status: { containerStatuses: [{ name: 'c', state: { terminated: { exitCode: 42 } } } as never] },
  };
  const policy = {
    rules: [
      { action: 'Ignore', onExitCodes: { operator: 'In', values: [1] } },
      { action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } },
    ],
  };
  assert.deepEqual(matchFailurePolicy(policy, pod), {
    action: 'FailJob',
    message: 'Container c for pod n/p failed with exit code 42 matching FailJob rule at index 1',
  });
});

test('a job runs its completions two at a time and completes', async () => {
  await using t = await runOnFake([jobController]);
  await t.client.resource<Job>('jobs').create(job({}));
  await t.settle(100);
  assert.equal(t.server.list('pods').length, 2);
  assert.deepEqual(t.server.list('pods')[0]?.metadata?.finalizers, ['batch.kubernetes.io/job-tracking']);
  assert.equal(read(t)?.status?.active, 2);
  for (let i = 0; i < 3; i++) {
    finish(t, 'Succeeded', 1);
    await t.settle(1000);
  }
  assert.equal(t.server.list('pods').length, 3);
  assert.equal(read(t)?.status?.succeeded, 3);
  assert.deepEqual(conditions(t), [
    ['SuccessCriteriaMet', 'True', 'CompletionsReached'],
    ['Complete', 'True', 'CompletionsReached'],
  ]);
  assert.ok(read(t)?.status?.completionTime);
  assert.deepEqual(
    t.server.list('pods').flatMap((p) => p.metadata?.finalizers ?? []),
    [],
  );
  assert.ok(t.server.list<CoreEvent>('events').some((e) => e.reason === 'Completed' && e.message === 'Job completed'));
});

test('failures are replaced with growing waits until the back-off limit ends the job', async () => {
  await using t = await runOnFake([jobController]);
  await t.client.resource<Job>('jobs').create(job({ parallelism: 1, completions: 1, backoffLimit: 1 }));
  await t.settle(100);
  finish(t, 'Failed');
  await t.settle(5_000);
  assert.equal(t.server.list('pods').length, 1);
  await t.settle(10_000);
  assert.equal(t.server.list('pods').length, 2);
  finish(t, 'Failed');
  await t.settle(1000);
  assert.deepEqual(conditions(t), [
    ['FailureTarget', 'True', 'BackoffLimitExceeded'],
    ['Failed', 'True', 'BackoffLimitExceeded'],
  ]);
  assert.equal(read(t)?.status?.failed, 2);
});

test('an indexed job gives each pod its index and notes the completed ones', async () => {
  await using t = await runOnFake([jobController]);
  await t.client.resource<Job>('jobs').create(job({ parallelism: 3, completions: 3, completionMode: 'Indexed' }));
  await t.settle(100);
  const pods = t.server.list<Pod>('pods');
  assert.deepEqual(
    pods.map((p) => p.spec?.hostname),
    ['j-0', 'j-1', 'j-2'],
  );
  assert.equal(pods[1]?.metadata?.annotations?.['batch.kubernetes.io/job-completion-index'], '1');
  t.server.put('pods', { ...pods[0]!, status: { phase: 'Succeeded' } });
  t.server.put('pods', { ...pods[2]!, status: { phase: 'Succeeded' } });
  await t.settle(1000);
  assert.equal(read(t)?.status?.completedIndexes, '0,2');
  finish(t, 'Succeeded');
  await t.settle(1000);
  assert.equal(read(t)?.status?.completedIndexes, '0-2');
  assert.equal(conditions(t)?.at(-1)?.[0], 'Complete');
});

test('a deadline ends the job and deletes what runs', async () => {
  await using t = await runOnFake([jobController]);
  await t.client.resource<Job>('jobs').create(job({ activeDeadlineSeconds: 30 }));
  await t.settle(31_000);
  await t.settle(1000);
  assert.deepEqual(conditions(t)?.at(-1), ['Failed', 'True', 'DeadlineExceeded']);
  assert.equal(t.server.list('pods').length, 0);
});

test('a suspended job has no pods until it is resumed', async () => {
  await using t = await runOnFake([jobController]);
  const jobs = t.client.resource<Job>('jobs');
  await jobs.create(job({ suspend: true }));
  await t.settle(100);
  assert.equal(t.server.list('pods').length, 0);
  assert.deepEqual(conditions(t), [['Suspended', 'True', 'JobSuspended']]);
  await jobs.patch({ namespace: 'default', name: 'j' }, 'merge', { spec: { suspend: false } });
  await t.settle(100);
  assert.deepEqual(conditions(t), [['Suspended', 'False', 'JobResumed']]);
  assert.equal(t.server.list('pods').length, 2);
});
