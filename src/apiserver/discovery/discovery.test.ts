import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listOf, startTestServer } from '../test-support/test-server.ts';
import { compareVersions } from './groups.ts';

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

test('versions are ordered as clients prefer them', () => {
  const sorted = ['v1alpha1', 'v2', 'v1beta2', 'v10', 'x', 'v1', 'v1beta1'].sort(compareVersions);
  assert.deepEqual(sorted, ['v10', 'v2', 'v1', 'v1beta2', 'v1beta1', 'v1alpha1', 'x']);
});

test('discovery is told aggregated or by group, and not twice to who has it', async () => {
  await using server = await startTestServer();
  const all = await server.send('GET', '/apis', { headers: { accept: aggregated } });
  assert.equal(all.headers['content-type'], 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
  assert.equal(all.headers['vary'], 'Accept');
  const apps = listOf(all.json['items']).find((i) => JSON.stringify(i['metadata']).includes('"apps"'));
  const deployments = listOf(listOf(apps?.['versions'])[0]?.['resources']).find((r) => JSON.stringify(r['resource']) === '"deployments"');
  assert.deepEqual(deployments?.['responseKind'], { group: 'apps', version: 'v1', kind: 'Deployment' });
  const again = await server.send('GET', '/apis', { headers: { accept: aggregated, 'if-none-match': String(all.headers['etag']) } });
  assert.deepEqual([again.status, again.text], [304, '']);
  const old = await server.send('GET', '/apis');
  assert.equal(old.json['kind'], 'APIGroupList');
  const core = await server.send('GET', '/api/v1');
  const names = listOf(core.json['resources']).map((r) => JSON.stringify(r['name']));
  assert.ok(names.includes('"pods/eviction"') && names.includes('"configmaps"'));
  assert.equal((await server.send('GET', '/apis/nosuch')).text, '404 page not found\n');
});

test('OpenAPI v3 comes by hash, v2 as protobuf and JSON', async () => {
  await using server = await startTestServer();
  const index = await server.send('GET', '/openapi/v3');
  const url = String((index.json['paths'] as unknown as Record<string, { serverRelativeURL: string }>)['apis/apps/v1']?.serverRelativeURL);
  const document = await server.send('GET', url);
  assert.equal(document.status, 200);
  assert.ok(document.json['components']?.['schemas']?.['io.k8s.api.apps.v1.Deployment']);
  assert.match(String(document.headers['cache-control']), /immutable/);
  const again = await server.send('GET', url, { headers: { 'if-none-match': String(document.headers['etag']) } });
  assert.equal(again.status, 304);
  const v2 = await server.send('GET', '/openapi/v2', { headers: { accept: 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf' } });
  assert.equal(v2.headers['content-type'], 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf');
});

test('health, version and the index are there', async () => {
  await using server = await startTestServer();
  assert.equal((await server.send('GET', '/readyz')).text, 'ok');
  assert.match((await server.send('GET', '/livez?verbose')).text, /\[\+\]ping ok\n/);
  assert.deepEqual((await server.send('GET', '/version')).json['gitVersion'], 'v1.36.2');
  assert.ok(listOf((await server.send('GET', '/')).json['paths']).length > 20);
  await server.send('GET', '/api/v1/namespaces/default/pods/nosuch');
  await server.send('GET', '/api/v1/inven"ted');
  const { text } = await server.send('GET', '/metrics');
  assert.match(text, /^apiserver_request_total\{code="404",group="",resource="pods",scope="resource",subresource="",verb="GET",version="v1"\} 1$/m);
  assert.doesNotMatch(text, /inven/, 'clients make no labels');
});
