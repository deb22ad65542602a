import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listOf, startTestServer, type TestServer, textOf } from '../../test-support/test-server.ts';

const pods = '/api/v1/namespaces/default/pods';
const merge = 'application/merge-patch+json';
const pod = (name: string) => ({
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: { name, labels: { app: 'x' } },
  spec: { containers: [{ name: 'c', image: 'i' }] },
});
const bind = (server: TestServer, name: string, node: string, more: object = {}) =>
  server.send('POST', `${pods}/${name}/binding`, {
    body: { kind: 'Binding', apiVersion: 'v1', metadata: { name, ...more }, target: { kind: 'Node', name: node } },
  });

test('a binding assigns a Pod once', async () => {
  await using server = await startTestServer();
  await server.send('POST', pods, { body: pod('a') });
  const bound = await bind(server, 'a', 'n1');
  assert.deepEqual([bound.status, bound.json['status']], [201, 'Success']);
  const got = await server.send('GET', `${pods}/a`);
  assert.equal(got.json['spec']?.['nodeName'], 'n1');
  assert.ok(listOf(got.json['status']?.['conditions']).some((c) => textOf(c['type']) === 'PodScheduled' && textOf(c['status']) === 'True'));
  const again = await bind(server, 'a', 'n2');
  assert.equal(again.json['message'], 'Operation cannot be fulfilled on pods/binding "a": pod a is already assigned to node "n1"');
  assert.equal((await bind(server, 'nosuch', 'n1')).status, 404);
  const list = await server.send('GET', `${pods}?fieldSelector=spec.nodeName%3Dn1`);
  assert.equal(listOf(list.json['items']).length, 1, 'found by its index');
});

test('an eviction deletes as long as the budget allows', async () => {
  await using server = await startTestServer();
  const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
  const evict = (name: string) =>
    server.send('POST', `${pods}/${name}/eviction`, { body: { kind: 'Eviction', apiVersion: 'policy/v1', metadata: { name } } });
  for (const name of ['a', 'b']) {
    await server.send('POST', pods, { body: pod(name) });
    await bind(server, name, 'n1');
    const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
    const running = await server.send('PATCH', `${pods}/${name}/status`, { type: merge, body: { status } });
    assert.equal(running.status, 200, running.text);
  }
  await server.send('POST', budgets, {
    body: {
      kind: 'PodDisruptionBudget',
      apiVersion: 'policy/v1',
      metadata: { name: 'p' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'x' } } },
    },
  });
  const early = await evict('a');
  assert.equal(early.status, 429);
  const status = { observedGeneration: 1, disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1, expectedPods: 2 };
  const set = await server.send('PATCH', `${budgets}/p/status`, { type: merge, body: { status } });
  assert.equal(set.status, 200, set.text);
  assert.equal((await evict('a')).status, 201);
  const spent = await server.send('GET', `${budgets}/p`);
  assert.equal(spent.json['status']?.['disruptionsAllowed'], 0);
  const refused = await evict('b');
  assert.deepEqual([refused.status, refused.json['message']], [429, "Cannot evict pod as it would violate the pod's disruption budget."]);
  assert.deepEqual(refused.json['details'], {
    causes: [{ reason: 'DisruptionBudget', message: 'The disruption budget p needs 1 healthy pods and has 2 currently' }],
  });
});

test('an unscheduled Pod goes at once, a running one after its grace', async () => {
  await using server = await startTestServer();
  for (const name of ['a', 'b']) await server.send('POST', pods, { body: pod(name) });
  await bind(server, 'b', 'n1');
  await server.send('DELETE', `${pods}/a`);
  assert.equal((await server.send('GET', `${pods}/a`)).status, 404);
  const marked = await server.send('DELETE', `${pods}/b`);
  assert.equal(marked.json['metadata']?.['deletionGracePeriodSeconds'], 30);
  assert.equal((await server.send('GET', `${pods}/b`)).status, 200);
});

test('logs and streams of a Pod without a node, or with a wrong container, are told so', async () => {
  await using server = await startTestServer();
  await server.send('POST', pods, { body: pod('a') });
  assert.deepEqual([(await server.send('GET', `${pods}/a/log`)).status, (await server.send('GET', `${pods}/a/log`)).text], [200, '']);
  assert.equal((await server.send('GET', `${pods}/a/log?container=z`)).json['message'], 'container z is not valid for pod a');
  assert.equal((await server.send('GET', `${pods}/a/exec?command=ls`)).json['message'], 'pod a does not have a host assigned');
});
