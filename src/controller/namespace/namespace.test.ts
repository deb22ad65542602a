import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConfigMap, Namespace, Pod, ServiceAccount } from '../../api/index.ts';
import { runOnFake } from '../../../test/support/run-controllers-on-fake.ts';
import { rootCaCertificatePublisher } from '../root-ca-certificate-publisher.ts';
import { serviceAccountController } from '../serviceaccount.ts';
import { namespaceConditions } from './conditions.ts';
import { namespaceController } from './index.ts';

const namespace: Namespace = { metadata: { name: 'x' }, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } };

test('conditions name what remains and who holds it', () => {
  const findings = { deletionErrors: [], remaining: new Map([['pods.', 1]]), finalizers: new Map([['example.com/f', 2]]) };
  const found = namespaceConditions(undefined, findings, 'now');
  assert.deepEqual(
    found.filter((c) => c.status === 'True').map((c) => [c.type, c.message]),
    [
      ['NamespaceContentRemaining', 'Some resources are remaining: pods. has 1 resource instances'],
      ['NamespaceFinalizersRemaining', 'Some content in the namespace has finalizers remaining: example.com/f in 2 resource instances'],
    ],
  );
  assert.equal(namespaceConditions(found, findings, 'later')[0]?.lastTransitionTime, 'now');
});

test('a namespace gets its account and its trust, again when they are deleted', async () => {
  await using t = await runOnFake([serviceAccountController, rootCaCertificatePublisher('PEM')]);
  t.server.put('namespaces', namespace);
  await t.settle(100);
  assert.ok(t.server.get<ServiceAccount>('serviceaccounts', 'default', 'x'));
  assert.deepEqual(t.server.get<ConfigMap>('configmaps', 'kube-root-ca.crt', 'x')?.data, { 'ca.crt': 'PEM' });
  await t.client.resource('serviceaccounts').delete({ namespace: 'x', name: 'default' });
  await t.client.resource('configmaps').patch({ namespace: 'x', name: 'kube-root-ca.crt' }, 'merge', { data: { 'ca.crt': 'other' } });
  await t.settle(100);
  assert.ok(t.server.get('serviceaccounts', 'default', 'x'));
  assert.deepEqual(t.server.get<ConfigMap>('configmaps', 'kube-root-ca.crt', 'x')?.data, { 'ca.crt': 'PEM' });
  const writers = t.server.requests.filter((r) => r.method !== 'GET' && r.user !== 'admin').map((r) => r.user);
  assert.deepEqual([...new Set(writers)].toSorted(), [
    'system:serviceaccount:kube-system:root-ca-cert-publisher',
    'system:serviceaccount:kube-system:service-account-controller',
  ]);
});

test('a namespace that is deleted is emptied, pods first, and let go', async () => {
  await using t = await runOnFake([namespaceController], (server) => {
    server.put('namespaces', namespace);
    server.put<Pod>('pods', { metadata: { name: 'p', namespace: 'x' }, spec: { nodeName: 'n', containers: [] }, status: { phase: 'Running' } });
    server.put<ConfigMap>('configmaps', { metadata: { name: 'c', namespace: 'x' } });
    server.put<ConfigMap>('configmaps', { metadata: { name: 'other', namespace: 'y' } });
  });
  await t.client.resource('namespaces').delete('x');
  await t.settle(100);
  assert.ok(t.server.get('configmaps', 'c', 'x'), 'waits for the pod');
  const remaining = t.server.get<Namespace>('namespaces', 'x')?.status?.conditions?.find((c) => c.type === 'NamespaceContentRemaining');
  assert.equal(remaining?.message, 'Some resources are remaining: pods. has 1 resource instances');
  t.server.remove('pods', 'p', 'x');
  await t.settle(20_000);
  assert.equal(t.server.get('namespaces', 'x'), undefined);
  assert.deepEqual(
    t.server.list('configmaps').map((c) => c.metadata?.name),
    ['other'],
  );
});
