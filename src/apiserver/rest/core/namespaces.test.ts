import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer } from '../../test-support/test-server.ts';

test('a Namespace is marked first, and goes when it is finalized', async () => {
  await using server = await startTestServer();
  const path = '/api/v1/namespaces/x';
  const made = await server.send('POST', '/api/v1/namespaces', { body: { kind: 'Namespace', apiVersion: 'v1', metadata: { name: 'x' } } });
  assert.deepEqual([made.json['spec'], made.json['status']], [{ finalizers: ['kubernetes'] }, { phase: 'Active' }]);
  const marked = await server.send('DELETE', path);
  assert.deepEqual([marked.status, marked.json['status']], [200, { phase: 'Terminating' }]);
  const got = await server.send('GET', path);
  assert.ok(got.json['metadata']?.['deletionTimestamp'] !== undefined);
  const finalized = await server.send('PUT', `${path}/finalize`, { body: { ...(got.json as object), spec: { finalizers: [] } } });
  assert.equal(finalized.status, 200, finalized.text);
  assert.equal((await server.send('GET', path)).status, 404);
});
