import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment, Pod, ReplicaSet } from '../../api/index.ts';
import type { CoreEvent } from '../../client/index.ts';
import { runOnFake } from '../../../test/support/run-controllers-on-fake.ts';
import { replicaSetController } from '../replicaset.ts';
import { deploymentController } from './index.ts';

const deployment = (image: string, replicas = 3): Deployment => ({
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image }] } },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
    progressDeadlineSeconds: 600,
    revisionHistoryLimit: 10,
  },
});

/** The kubelet's part: all pods run, ready. */
function makeReady(server: { list<T>(resource: string): readonly T[]; put(resource: string, pod: Pod): unknown }, now: string): void {
  for (const pod of server.list<Pod>('pods')) {
    if (pod.status?.phase === 'Running') continue;
    server.put('pods', { ...pod, status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: now }] } });
  }
}

test('a deployment makes a replica set, pods, and follows them to Available', async () => {
  await using t = await runOnFake([deploymentController, replicaSetController]);
  await t.client.resource<Deployment>('deployments').create(deployment('a'));
  await t.settle(100);
  const [set] = t.server.list<ReplicaSet>('replicasets.apps');
  assert.match(set?.metadata?.name ?? '', /^web-[a-z0-9]{5,10}$/);
  assert.equal(set?.metadata?.annotations?.['deployment.kubernetes.io/revision'], '1');
  assert.equal(set?.metadata?.annotations?.['deployment.kubernetes.io/max-replicas'], '4');
  assert.equal(t.server.list('pods').length, 3);
  makeReady(t.server as never, '2026-01-01T00:00:00Z');
  await t.settle(1000);
  const d = t.server.get<Deployment>('deployments.apps', 'web', 'default');
  assert.equal(d?.status?.availableReplicas, 3);
  assert.equal(d?.metadata?.annotations?.['deployment.kubernetes.io/revision'], '1');
  assert.deepEqual(
    d?.status?.conditions?.map((c) => [c.type, c.status, c.reason, c.message]),
    [
      ['Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.'],
      ['Progressing', 'True', 'NewReplicaSetAvailable', `ReplicaSet "${set?.metadata?.name}" has successfully progressed.`],
    ],
  );
  const events = t.server.list<CoreEvent>('events');
  assert.ok(events.some((e) => e.reason === 'ScalingReplicaSet' && e.message === `Scaled up replica set ${set?.metadata?.name} from 0 to 3`));
  assert.equal(events.filter((e) => e.reason === 'SuccessfulCreate' && e.source.component === 'replicaset-controller').length, 3);
});

test('a new template rolls within surge and availability, and keeps the old set at 0', async () => {
  await using t = await runOnFake([deploymentController, replicaSetController]);
  const deployments = t.client.resource<Deployment>('deployments');
  await deployments.create(deployment('a'));
  for (let i = 0; i < 3; i++) {
    await t.settle(1000);
    makeReady(t.server as never, '2026-01-01T00:00:00Z');
  }
  await t.settle(1000);
  const [old] = t.server.list<ReplicaSet>('replicasets.apps');
  await deployments.patch({ namespace: 'default', name: 'web' }, 'strategic', {
    spec: { template: { spec: { containers: [{ name: 'c', image: 'b' }] } } },
  });
  let most = 0;
  let fewest = 3;
  for (let i = 0; i < 12; i++) {
    await t.settle(1000);
    const pods = t.server.list<Pod>('pods');
    most = Math.max(most, pods.length);
    fewest = Math.min(fewest, pods.filter((p) => p.status?.phase === 'Running').length);
    makeReady(t.server as never, '2026-01-01T00:00:00Z');
  }
  await t.settle(1000);
  assert.equal(most, 4);
  assert.equal(fewest, 3);
  const sets = t.server.list<ReplicaSet>('replicasets.apps');
  assert.deepEqual(
    sets.map((s) => [s.metadata?.name === old?.metadata?.name, s.spec?.replicas, s.metadata?.annotations?.['deployment.kubernetes.io/revision']]),
    [
      [true, 0, '1'],
      [false, 3, '2'],
    ],
  );
  const d = t.server.get<Deployment>('deployments.apps', 'web', 'default');
  assert.equal(d?.metadata?.annotations?.['deployment.kubernetes.io/revision'], '2');
  assert.equal(d?.status?.updatedReplicas, 3);
  await deployments.patch({ namespace: 'default', name: 'web' }, 'merge', { spec: { replicas: 5 } });
  await t.settle(1000);
  assert.equal(t.server.list('pods').length, 5);
});
