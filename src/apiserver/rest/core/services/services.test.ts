import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer, listOf, textOf } from '../../../test-support/test-server.ts';

const path = '/api/v1/namespaces/default/services';
const service = (name: string, spec: object) => ({
  kind: 'Service',
  apiVersion: 'v1',
  metadata: { name },
  spec: { ports: [{ port: 80 }], selector: { app: name }, ...spec },
});

test('Services are given addresses and node ports, and give them back', async () => {
  await using server = await startTestServer({ serviceCidrs: ['10.5.0.0/24'] });
  const made = await server.send('POST', path, { body: service('a', { type: 'NodePort' }) });
  assert.equal(made.status, 201, made.text);
  const ip = textOf(made.json['spec']?.['clusterIP']);
  assert.match(ip, /^10\.5\.0\./);
  assert.deepEqual(
    [made.json['spec']?.['clusterIPs'], made.json['spec']?.['ipFamilies'], made.json['spec']?.['ipFamilyPolicy']],
    [[ip], ['IPv4'], 'SingleStack'],
  );
  const port = Number(listOf(made.json['spec']?.['ports'])[0]?.['nodePort']);
  assert.ok(port >= 30000 && port <= 32767);
  const address = await server.send('GET', `/apis/networking.k8s.io/v1/ipaddresses/${ip}`);
  assert.deepEqual(address.json['spec'], { parentRef: { resource: 'services', namespace: 'default', name: 'a' } });

  const samePort = await server.send('POST', path, { body: service('b', { type: 'NodePort', ports: [{ port: 80, nodePort: port }] }) });
  assert.equal(
    samePort.json['message'],
    `Service "b" is invalid: spec.ports[0].nodePort: Invalid value: ${port}: provided port is already allocated`,
  );
  const sameIp = await server.send('POST', path, { body: service('b', { clusterIP: ip }) });
  assert.equal(
    sameIp.json['message'],
    `Service "b" is invalid: spec.clusterIPs: Invalid value: ["${ip}"]: failed to allocate IP ${ip}: provided IP is already allocated`,
  );
  const outside = await server.send('POST', path, { body: service('b', { type: 'NodePort', ports: [{ port: 80, nodePort: 1 }] }) });
  assert.match(
    textOf(outside.json['message']),
    /nodePort: Invalid value: 1: provided port is not in the valid range. The range of valid ports is 30000-32767$/,
  );

  const changed = await server.send('PATCH', `${path}/a`, { type: 'application/merge-patch+json', body: { spec: { type: 'ClusterIP' } } });
  assert.deepEqual([changed.json['spec']?.['clusterIP'], listOf(changed.json['spec']?.['ports'])[0]?.['nodePort']], [ip, undefined]);
  assert.equal((await server.send('POST', path, { body: service('b', { type: 'NodePort', ports: [{ port: 80, nodePort: port }] }) })).status, 201);
  await server.send('DELETE', `${path}/a`);
  assert.equal((await server.send('GET', `/apis/networking.k8s.io/v1/ipaddresses/${ip}`)).status, 404);
  assert.equal((await server.send('POST', path, { body: service('c', { clusterIP: ip }) })).status, 201);
});

test('a Service that is refused keeps nothing', async () => {
  await using server = await startTestServer({ serviceCidrs: ['10.5.0.0/24'] });
  await server.send('POST', path, { body: service('a', {}) });
  const again = await server.send('POST', path, { body: service('a', {}) });
  assert.equal(again.status, 409);
  const dry = await server.send('POST', `${path}?dryRun=All`, { body: service('d', {}) });
  assert.equal(dry.status, 201);
  assert.equal(listOf((await server.send('GET', '/apis/networking.k8s.io/v1/ipaddresses')).json['items']).length, 1);
});

test('headless and external Services have no address', async () => {
  await using server = await startTestServer({ serviceCidrs: ['10.5.0.0/24', 'fd00::/112'] });
  const headless = await server.send('POST', path, { body: service('h', { clusterIP: 'None' }) });
  assert.deepEqual([headless.json['spec']?.['clusterIP'], headless.json['spec']?.['clusterIPs']], ['None', ['None']]);
  const external = await server.send('POST', path, {
    body: service('e', { type: 'ExternalName', externalName: 'x.example.com', ports: undefined, selector: undefined }),
  });
  assert.equal(external.status, 201, external.text);
  assert.equal(external.json['spec']?.['clusterIP'], undefined);
  const dual = await server.send('POST', path, { body: service('d', { ipFamilyPolicy: 'PreferDualStack' }) });
  assert.deepEqual(dual.json['spec']?.['ipFamilies'], ['IPv4', 'IPv6']);
  assert.match(textOf(listOf(dual.json['spec']?.['clusterIPs'])[1]), /^fd00::/);
});
