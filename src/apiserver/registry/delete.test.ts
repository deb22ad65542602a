import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../base/index.ts';
import { listOf, plainDefinition, startTestServer, textOf } from '../test-support/test-server.ts';

const path = '/api/v1/namespaces/default/configmaps';
const pods = '/api/v1/namespaces/default/pods';
const resources = [
  plainDefinition('ConfigMap', 'configmaps'),
  plainDefinition('Pod', 'pods', {
    strategy: { gracePeriodSeconds: (_pod, requested) => requested ?? 30 },
  }),
];
const configMap = (name: string, more: object = {}) => ({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name, ...more } });
const pod = { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } };

test('a delete answers with Status Success, and the object is gone', async () => {
  await using server = await startTestServer({ resources });
  const made = await server.send('POST', path, { body: configMap('a') });
  const reply = await server.send('DELETE', `${path}/a`, { body: { propagationPolicy: 'Background' } });
  const details = { name: 'a', kind: 'configmaps', uid: made.json['metadata']?.['uid'] };
  assert.deepEqual(reply.json, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details });
  assert.equal((await server.send('GET', `${path}/a`)).status, 404);
  assert.equal((await server.send('DELETE', `${path}/a`)).json['message'], 'configmaps "a" not found');
});

test('preconditions and options that do not hold are refused', async () => {
  await using server = await startTestServer({ resources });
  const made = await server.send('POST', path, { body: configMap('a') });
  const uid = textOf(made.json['metadata']?.['uid']);
  const other = await server.send('DELETE', `${path}/a`, { body: { preconditions: { uid: 'x' } } });
  assert.equal(
    other.json['message'],
    `Operation cannot be fulfilled on ConfigMap "a": the UID in the precondition (x) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
  );
  const policy = await server.send('DELETE', `${path}/a`, { body: { propagationPolicy: 'x' } });
  assert.equal(
    policy.json['message'],
    'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "x": supported values: "Foreground", "Background", "Orphan", "nil"',
  );
  assert.equal((await server.send('DELETE', `${path}/a?dryRun=All`)).status, 200);
  assert.equal((await server.send('GET', `${path}/a`)).status, 200, 'dry runs delete nothing');
});

test('finalizers hold an object until the last one is taken away', async () => {
  await using server = await startTestServer({ resources });
  await server.send('POST', path, { body: configMap('a', { finalizers: ['x.io/y'] }) });
  const marked = await server.send('DELETE', `${path}/a`);
  assert.equal(marked.status, 200);
  assert.equal(marked.json['metadata']?.['deletionGracePeriodSeconds'], 0);
  const more = await server.send('PATCH', `${path}/a`, {
    type: 'application/merge-patch+json',
    body: { metadata: { finalizers: ['x.io/y', 'z.io/z'] } },
  });
  assert.equal(
    more.json['message'],
    'ConfigMap "a" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"z.io/z"}',
  );
  const last = await server.send('PATCH', `${path}/a`, { type: 'application/merge-patch+json', body: { metadata: { finalizers: null } } });
  assert.equal(last.status, 200);
  assert.equal((await server.send('GET', `${path}/a`)).status, 404);
});

test('propagation policies become finalizers', async () => {
  await using server = await startTestServer({ resources });
  for (const [name, body, finalizers, code] of [
    ['f', { propagationPolicy: 'Foreground' }, ['foregroundDeletion'], 202],
    ['o', { propagationPolicy: 'Orphan' }, ['orphan'], 200],
    ['od', { orphanDependents: true }, ['orphan'], 200],
  ] as const) {
    await server.send('POST', path, { body: configMap(name) });
    const reply = await server.send('DELETE', `${path}/${name}`, { body });
    assert.equal(reply.status, code);
    assert.deepEqual(reply.json['metadata']?.['finalizers'], finalizers);
  }
});

test('a graceful deletion marks the object, may be shortened, and ends with grace 0', async () => {
  const clock = new FakeClock();
  await using server = await startTestServer({ resources, clock });
  await server.send('POST', pods, { body: pod });
  const first = await server.send('DELETE', `${pods}/p`);
  assert.deepEqual([first.status, first.json['metadata']?.['deletionGracePeriodSeconds']], [200, 30]);
  assert.equal(first.json['metadata']?.['deletionTimestamp'], '2026-01-01T00:00:30Z');
  const longer = await server.send('DELETE', `${pods}/p?gracePeriodSeconds=60`);
  assert.equal(longer.json['metadata']?.['deletionGracePeriodSeconds'], 30);
  const shorter = await server.send('DELETE', `${pods}/p?gracePeriodSeconds=10`);
  assert.equal(shorter.json['metadata']?.['deletionTimestamp'], '2026-01-01T00:00:10Z');
  const forced = await server.send('DELETE', `${pods}/p`, { body: { gracePeriodSeconds: 0, propagationPolicy: 'Background' } });
  assert.equal(forced.status, 200);
  assert.equal(forced.json['kind'], 'Pod');
  assert.equal((await server.send('GET', `${pods}/p`)).status, 404);
});

test('a collection is deleted by selector, and its list answered', async () => {
  await using server = await startTestServer({ resources });
  for (const name of ['a', 'b', 'c']) await server.send('POST', path, { body: configMap(name, { labels: { keep: name === 'c' ? 'yes' : 'no' } }) });
  const reply = await server.send('DELETE', `${path}?labelSelector=keep%3Dno`);
  assert.deepEqual([reply.json['kind'], listOf(reply.json['items']).length], ['ConfigMapList', 2]);
  const left = await server.send('GET', path);
  assert.deepEqual(
    listOf(left.json['items']).map((i) => i['metadata']?.['name']),
    ['c'],
  );
});
