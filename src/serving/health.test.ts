import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../base/index.ts';
import { makeRequest } from '../http/index.ts';
import { pingCheck, serveHealth, serveMetrics } from './index.ts';

const etcd = { name: 'etcd', check: () => Promise.resolve() };
const hook = {
  name: 'poststarthook/rbac',
  check() {
    throw new Error('not yet');
  },
};
const endpoints = [
  { name: 'livez', checks: [pingCheck, etcd] },
  { name: 'readyz', checks: [pingCheck, hook] },
  { name: 'healthz', checks: [] },
];

const cases: [string, number, string][] = [
  ['/livez', 200, 'ok'],
  ['/livez/', 200, 'ok'],
  ['/healthz', 200, 'ok'],
  ['/livez?verbose', 200, '[+]ping ok\n[+]etcd ok\nlivez check passed\n'],
  ['/livez?verbose&exclude=etcd', 200, '[+]ping ok\n[+]etcd excluded: ok\nlivez check passed\n'],
  [
    '/livez?verbose&exclude=b&exclude=a',
    200,
    '[+]ping ok\n[+]etcd ok\nwarn: some health checks cannot be excluded: no matches for "a", "b"\nlivez check passed\n',
  ],
  ['/readyz', 500, '[+]ping ok\n[-]poststarthook/rbac failed: reason withheld\nreadyz check failed\n'],
  ['/readyz?exclude=poststarthook/rbac', 200, 'ok'],
  ['/readyz/poststarthook/rbac', 500, 'internal server error: not yet\n'],
  ['/livez/ping', 200, 'ok'],
];

for (const [url, status, text] of cases) {
  test(`GET ${url}`, async () => {
    const reply = await serveHealth(makeRequest({ url }), endpoints, silentLogger);
    assert.ok(reply?.body instanceof Uint8Array);
    assert.equal(Buffer.from(reply.body).toString(), text);
    assert.equal(reply.status, status);
    assert.equal(reply.headers?.['x-content-type-options'], 'nosniff');
  });
}

test('other paths and unknown checks are left to others', async () => {
  for (const url of ['/', '/api', '/livez/nosuch']) assert.equal(await serveHealth(makeRequest({ url }), endpoints, silentLogger), undefined);
});

test('metrics are served in their own content type', async () => {
  const reply = await serveMetrics({ contentType: 'text/plain; version=0.0.4', metrics: () => Promise.resolve('up 1\n') });
  assert.equal(reply.contentType, 'text/plain; version=0.0.4');
  assert.equal(Buffer.from(reply.body as Uint8Array).toString(), 'up 1\n');
});
