import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BadPath, requestInfo } from './request-info.ts';

const brief = (method: string, url: string) => {
  const [path = '', query = ''] = url.split('?');
  const i = requestInfo(method, path, new URLSearchParams(query));
  return i.isResourceRequest
    ? `${i.verb} ${i.group}/${i.version} ${i.namespace || '-'} ${i.resource} ${i.name || '-'} ${i.subresource || '-'}`
    : `${i.verb} ${i.path}`;
};

const cases: readonly (readonly [string, string, string])[] = [
  ['GET', '/api/v1/namespaces/default/pods/p', 'get /v1 default pods p -'],
  ['GET', '/api/v1/namespaces/default/pods', 'list /v1 default pods - -'],
  ['GET', '/api/v1/pods', 'list /v1 - pods - -'],
  ['GET', '/api/v1/pods?watch=true', 'watch /v1 - pods - -'],
  ['GET', '/api/v1/pods?watch=false', 'list /v1 - pods - -'],
  ['GET', '/api/v1/watch/namespaces/x/pods', 'watch /v1 x pods - -'],
  ['GET', '/api/v1/pods?fieldSelector=metadata.name%3Da', 'list /v1 - pods a -'],
  ['GET', '/api/v1/pods?fieldSelector=metadata.name!%3Da', 'list /v1 - pods - -'],
  ['GET', '/api/v1/namespaces/x/pods/p?watch=true', 'get /v1 x pods p -'],
  ['POST', '/apis/apps/v1/namespaces/x/deployments', 'create apps/v1 x deployments - -'],
  ['PUT', '/apis/apps/v1/namespaces/x/deployments/d/scale', 'update apps/v1 x deployments d scale'],
  ['DELETE', '/api/v1/namespaces/x/pods', 'deletecollection /v1 x pods - -'],
  ['DELETE', '/api/v1/namespaces/x', 'delete /v1 x namespaces x -'],
  ['GET', '/api/v1/namespaces/x', 'get /v1 x namespaces x -'],
  ['PUT', '/api/v1/namespaces/x/finalize', 'update /v1 x namespaces x finalize'],
  ['GET', '/api/v1/namespaces/x/status', 'get /v1 x namespaces x status'],
  ['HEAD', '/api/v1/nodes/n', 'get /v1 - nodes n -'],
  ['GET', '/api/v1/namespaces/a%2Fb/pods', 'get /v1 a b pods -'],
  ['GET', '/apis/apps/v1', 'get /apis/apps/v1'],
  ['GET', '/api', 'get /api'],
  ['POST', '/healthz', 'post /healthz'],
];

for (const [method, url, expected] of cases) {
  test(`${method} ${url} is ${expected}`, () => assert.equal(brief(method, url), expected));
}

test('a path that is no percent-encoding is refused', () => {
  assert.throws(() => requestInfo('GET', '/api/v1/%zz', new URLSearchParams()), BadPath);
});
