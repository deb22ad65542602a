import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainDefinition, startTestServer, textOf } from '../test-support/test-server.ts';

const path = '/api/v1/namespaces/default/configmaps';
const resources = [
  plainDefinition('ConfigMap', 'configmaps'),
  plainDefinition('Secret', 'secrets', { strategy: { allowUnconditionalUpdate: false, allowCreateOnUpdate: true } }),
  plainDefinition('Deployment', 'deployments', {
    group: 'apps',
    subresources: [
      { name: 'status', verbs: ['get', 'patch', 'update'], kind: { group: 'apps', version: 'v1', kind: 'Deployment' } },
      { name: 'scale', verbs: ['get', 'patch', 'update'], kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' } },
    ],
    scale: { specReplicas: 'spec.replicas', statusReplicas: 'status.replicas', selector: 'spec.selector' },
  }),
];
const configMap = (name: string, more: object = {}) => ({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name }, ...more });
const deployments = '/apis/apps/v1/namespaces/default/deployments';
const deployment = {
  kind: 'Deployment',
  apiVersion: 'apps/v1',
  metadata: { name: 'd' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'x' } },
    template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  },
};

test('a PUT replaces the object; one that changes nothing is not written', async () => {
  await using server = await startTestServer({ resources });
  const made = await server.send('POST', path, { body: configMap('a', { data: { x: '1' } }) });
  const put = await server.send('PUT', `${path}/a`, { body: configMap('a', { data: { y: '2' } }) });
  assert.deepEqual(put.json['data'], { y: '2' });
  assert.equal(put.json['metadata']?.['uid'], made.json['metadata']?.['uid']);
  const same = await server.send('PUT', `${path}/a`, { body: put.json });
  assert.equal(same.text, put.text, 'not even the revision moves');
});

test("updates that do not fit the stored object are refused in upstream's words", async () => {
  await using server = await startTestServer({ resources });
  await server.send('POST', path, { body: configMap('a') });
  const uid = textOf((await server.send('GET', `${path}/a`)).json['metadata']?.['uid']);
  const cases: readonly (readonly [string, object, number, string])[] = [
    [
      'a',
      { metadata: { name: 'a', resourceVersion: '1' } },
      409,
      'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    ],
    ['a', { metadata: { name: 'b' } }, 400, 'the name of the object (b) does not match the name on the URL (a)'],
    ['a', { metadata: { name: 'a', namespace: 'x' } }, 400, 'the namespace of the object (x) does not match the namespace on the request (default)'],
    [
      'a',
      { metadata: { name: 'a', uid: 'x' } },
      409,
      `Operation cannot be fulfilled on configmaps "a": Precondition failed: UID in precondition: x, UID in object meta: ${uid}`,
    ],
    ['zz', { metadata: { name: 'zz' } }, 404, 'configmaps "zz" not found'],
  ];
  for (const [name, body, code, message] of cases) {
    const reply = await server.send('PUT', `${path}/${name}`, { body: configMap(name, body) });
    assert.deepEqual([reply.status, reply.json['message']], [code, message]);
  }
});

test('kinds decide about updates without resourceVersion and about creating by PUT', async () => {
  await using server = await startTestServer({ resources });
  const url = '/api/v1/namespaces/default/secrets/s';
  const secret = { kind: 'Secret', apiVersion: 'v1', metadata: { name: 's' } };
  const made = await server.send('PUT', url, { body: secret });
  assert.equal(made.status, 201);
  const blind = await server.send('PUT', url, { body: secret });
  assert.equal(blind.status, 422);
  assert.equal(blind.json['message'], 'secrets "s" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update');
  assert.equal((await server.send('PUT', url, { body: made.json })).status, 200);
});

test('/status changes the status alone, the main resource everything else', async () => {
  await using server = await startTestServer({ resources });
  await server.send('POST', deployments, { body: { ...deployment, status: { replicas: 9 } } });
  const first = await server.send('GET', `${deployments}/d`);
  assert.equal(first.json['status']?.['replicas'], undefined, 'a create cannot set it');
  const byStatus = await server.send('PUT', `${deployments}/d/status`, {
    body: { ...first.json, spec: { ...deployment.spec, replicas: 7 }, status: { replicas: 5 } },
  });
  assert.deepEqual([byStatus.json['spec']?.['replicas'], byStatus.json['status']?.['replicas']], [2, 5]);
  const byMain = await server.send('PUT', `${deployments}/d`, {
    body: { ...byStatus.json, spec: { ...deployment.spec, replicas: 7 }, status: { replicas: 1 } },
  });
  assert.deepEqual([byMain.json['spec']?.['replicas'], byMain.json['status']?.['replicas']], [7, 5]);
});

test('/scale shows and sets the replicas, with or without a Content-Type', async () => {
  await using server = await startTestServer({ resources });
  await server.send('POST', deployments, { body: deployment });
  const scale = await server.send('GET', `${deployments}/d/scale`);
  assert.deepEqual([scale.json['kind'], scale.json['spec'], scale.json['status']], ['Scale', { replicas: 2 }, { replicas: 0, selector: 'app=x' }]);
  const patched = await server.send('PATCH', `${deployments}/d/scale`, { type: 'application/merge-patch+json', body: { spec: { replicas: 3 } } });
  assert.equal(patched.json['spec']?.['replicas'], 3);
  const put = await server.send('PUT', `${deployments}/d/scale`, { type: '', body: { ...patched.json, spec: { replicas: 4 } } });
  assert.equal(put.status, 200, put.text);
  assert.equal((await server.send('GET', `${deployments}/d`)).json['spec']?.['replicas'], 4);
  const stale = await server.send('PUT', `${deployments}/d/scale`, { body: patched.json });
  assert.equal(stale.status, 409);
});
