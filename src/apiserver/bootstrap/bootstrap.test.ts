import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../base/index.ts';
import { openMemoryEtcd } from '../../etcd/index.ts';
import { listOf, startTestServer, textOf } from '../test-support/test-server.ts';
import { completed } from './rbac-roles.ts';

test('a fresh cluster has its namespaces, roles, priority classes and Service', async () => {
  await using server = await startTestServer({ serviceCidrs: ['10.5.0.0/24'], advertise: { address: '192.0.2.7', port: 6443 }, clientCa: 'PEM' });
  const names = async (path: string) => listOf((await server.send('GET', path)).json['items']).map((i) => textOf(i['metadata']?.['name']));
  assert.deepEqual(await names('/api/v1/namespaces'), ['default', 'kube-node-lease', 'kube-public', 'kube-system']);
  assert.ok((await names('/apis/rbac.authorization.k8s.io/v1/clusterroles')).includes('cluster-admin'));
  assert.deepEqual(await names('/apis/scheduling.k8s.io/v1/priorityclasses'), ['system-cluster-critical', 'system-node-critical']);
  const service = await server.send('GET', '/api/v1/namespaces/default/services/kubernetes');
  assert.equal(service.json['spec']?.['clusterIP'], '10.5.0.1');
  const slice = await server.send('GET', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes');
  assert.deepEqual(slice.json['endpoints'], [{ addresses: ['192.0.2.7'], conditions: { ready: true } }]);
  const auth = await server.send('GET', '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication');
  assert.equal(auth.json['data']?.['client-ca-file'], 'PEM');
});

test('a second start changes nothing, and a namespace that went comes back', async () => {
  const clock = new FakeClock();
  const etcd = openMemoryEtcd({ clock });
  const options = { etcd, clock, serviceCidrs: ['10.5.0.0/24'] };
  const first = await startTestServer(options);
  const before = await first.server.context.storage.currentRevision();
  await first.server.close();
  const second = await startTestServer(options);
  assert.equal(await second.server.context.storage.currentRevision(), before);
  await second.server.context.store('', 'namespaces').delete({ namespace: '', name: 'kube-public' });
  await clock.advance(60_000);
  assert.equal((await second.send('GET', '/api/v1/namespaces/kube-public')).status, 200);
  await second.server.close();
  assert.equal(clock.pendingTimers <= 2, true, 'a closed server leaves no work behind');
});

test('roles are completed and nothing is taken from them', () => {
  const rule = (verbs: string[]) => ({ apiGroups: [''], resources: ['pods'], verbs });
  const wanted = {
    kind: 'ClusterRole',
    apiVersion: 'rbac.authorization.k8s.io/v1',
    metadata: { name: 'x', labels: { a: 'b' } },
    rules: [rule(['get', 'list'])],
  };
  const found = { ...wanted, metadata: { name: 'x', labels: { a: 'mine' } }, rules: [rule(['get', 'delete'])] };
  const next = completed(found, wanted) as typeof wanted;
  assert.deepEqual(next.rules, [rule(['get', 'delete']), rule(['list'])]);
  assert.deepEqual(next.metadata.labels, { a: 'mine' });
  const left = { ...found, metadata: { name: 'x', annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'false' } } };
  assert.equal(completed(left, wanted), left);
});
