import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeRequest, wholeBytes, withUser } from '../../http/index.ts';
import { listOf, admin, plainDefinition, startTestServer, type TestServer, textOf } from '../test-support/test-server.ts';

const path = '/api/v1/namespaces/default/configmaps';
const resources = [
  plainDefinition('Node', 'nodes', { scope: 'Cluster' }),
  plainDefinition('ConfigMap', 'configmaps'),
  plainDefinition('Pod', 'pods', { selectableFields: { 'spec.nodeName': (o) => (o as { spec?: { nodeName?: string } }).spec?.nodeName ?? '' } }),
];
const configMap = (name: string, more: object = {}) => ({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name, ...more } });
const table = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

interface Frame {
  readonly type: string;
  readonly object: {
    readonly kind: string;
    readonly metadata: { readonly name?: string; readonly resourceVersion: string; readonly annotations?: object };
  };
}

/** A watch through the handler, its frames one after another. */
async function watchFrames(server: TestServer, query: string, signal: AbortSignal): Promise<() => Promise<Frame | undefined>> {
  const reply = await server.server.handler(withUser(makeRequest({ url: `${path}?watch=true&${query}`, signal }), admin));
  assert.equal(reply.kind, 'stream');
  const waiting: Frame[] = [];
  return async () => {
    while (waiting.length === 0) {
      const batch = await reply.frames.read();
      if (!batch) return undefined;
      waiting.push(...batch.map((b) => b.value() as Frame));
    }
    return waiting.shift();
  };
}

test("reads that cannot be answered are refused in upstream's words", async () => {
  await using server = await startTestServer({ resources });
  const cases: readonly (readonly [string, string, number, string])[] = [
    [`${path}/a`, '', 404, 'configmaps "a" not found'],
    ['/api/v1/namespaces/default/nodes', '', 404, 'the server could not find the requested resource'],
    ['/api/v1/namespaces/default/nodes/n', '', 404, 'the server could not find the requested resource'],
    ['/api/v1/namespaces/default/nosuch', '', 404, 'the server could not find the requested resource'],
    [path, 'fieldSelector=spec.x%3Dy', 400, '"spec.x" is not a known field selector: only "metadata.name", "metadata.namespace"'],
    ['/api/v1/pods', 'fieldSelector=spec.x%3Dy', 400, 'field label not supported: spec.x'],
    [path, 'fieldSelector=x', 400, "invalid selector: 'x'; can't understand 'x'"],
    [path, 'resourceVersion=x', 400, 'invalid resource version: resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax'],
    [path, 'continue=!', 400, 'invalid continue token: continue key is not valid: illegal base64 data at input byte 0'],
    [path, 'includeObject=x', 400, 'unrecognized includeObject value: "x"'],
    [
      path,
      'resourceVersionMatch=Exact',
      422,
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
    ],
    [
      path,
      'watch=1&sendInitialEvents=true',
      422,
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
    ],
    [
      path,
      'sendInitialEvents=true',
      422,
      'ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list',
    ],
  ];
  for (const [url, query, code, message] of cases) {
    const reply = await server.send('GET', query === '' ? url : `${url}?${query}`);
    assert.deepEqual([reply.status, reply.json['message']], [code, message]);
  }
  const notAcceptable = await server.send('GET', path, { headers: { accept: 'text/html' } });
  assert.deepEqual(
    [notAcceptable.status, notAcceptable.json['message']],
    [406, 'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf'],
  );
});

test('who is not known or not allowed is told so', async () => {
  await using server = await startTestServer({ resources });
  const as = (user: string, url: string) => server.send('GET', url, { headers: { authorization: `Bearer ${user}` } });
  assert.deepEqual((await as('bad', path)).json, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'Unauthorized',
    reason: 'Unauthorized',
    code: 401,
  });
  const one = await as('nobody', `${path}/x`);
  assert.equal(
    one.json['message'],
    'configmaps "x" is forbidden: User "nobody" cannot get resource "configmaps" in API group "" in the namespace "default"',
  );
  assert.equal(one.headers['x-content-type-options'], 'nosniff');
  const all = await as('nobody', '/api/v1/configmaps');
  assert.equal(all.json['message'], 'configmaps is forbidden: User "nobody" cannot list resource "configmaps" in API group "" at the cluster scope');
  assert.equal((await as('nobody', '/api/v1')).json['message'], 'forbidden: User "nobody" cannot get path "/api/v1"');
  assert.equal((await as('nobody', `${path}/..%2f..%2fsecrets`)).status, 403);
  assert.equal((await server.send('GET', '/api/v1/namespaces/%zz/x')).status, 400);
});

test('lists come in pages, by label and field, as tables and as metadata', async () => {
  await using server = await startTestServer({ resources });
  for (const [i, name] of ['a', 'b', 'c'].entries())
    await server.send('POST', path, { body: configMap(name, { labels: { even: String(i % 2 === 0) } }) });
  const names = (json: { readonly [key: string]: unknown }) =>
    (json['items'] as readonly { readonly metadata: { readonly name: string } }[]).map((i) => i.metadata.name);
  const first = await server.send('GET', `${path}?limit=2`);
  assert.deepEqual([names(first.json), first.json['metadata']?.['remainingItemCount']], [['a', 'b'], 1]);
  await server.send('POST', path, { body: configMap('bb') });
  const rest = await server.send('GET', `${path}?limit=2&continue=${textOf(first.json['metadata']?.['continue'])}`);
  assert.deepEqual(names(rest.json), ['c'], 'the pages are of one revision');
  assert.deepEqual(names((await server.send('GET', `${path}?labelSelector=even%3Dtrue`)).json), ['a', 'c']);
  assert.deepEqual(names((await server.send('GET', `${path}?fieldSelector=metadata.name%3Db`)).json), ['b']);
  assert.deepEqual(names((await server.send('GET', `${path}?fieldSelector=metadata.name!%3Db`)).json), ['a', 'bb', 'c']);
  const asTable = await server.send('GET', `${path}?limit=1`, { headers: { accept: table } });
  assert.deepEqual(
    [asTable.json['kind'], listOf(asTable.json['rows'])[0]?.['cells']?.[0], listOf(asTable.json['rows'])[0]?.['object']?.['kind']],
    ['Table', 'a', 'PartialObjectMetadata'],
  );
  const partial = await server.send('GET', path, { headers: { accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' } });
  assert.equal(partial.json['kind'], 'PartialObjectMetadataList');
  assert.equal(listOf(partial.json['items'])[0]?.['kind'], 'PartialObjectMetadata');
});

test('one object is had as a table, as metadata, as YAML and as protobuf', async () => {
  await using server = await startTestServer({ resources });
  await server.send('POST', path, { body: { ...configMap('a'), data: { k: 'v' } } });
  const as = (accept: string) => server.send('GET', `${path}/a`, { headers: { accept } });
  assert.equal(listOf((await as(table)).json['rows']).length, 1);
  assert.equal((await as('application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io')).json['data'], undefined);
  assert.match((await as('application/yaml')).text, /^kind: ConfigMap\n/);
  const protobuf = await as('application/vnd.kubernetes.protobuf');
  assert.equal(protobuf.headers['content-type'], 'application/vnd.kubernetes.protobuf');
  assert.ok(protobuf.text.startsWith('k8s\0'));
});

test('a watch tells what is there, then what happens, and ends with its request', async () => {
  await using server = await startTestServer({ resources });
  await server.send('POST', path, { body: configMap('a') });
  const ended = new AbortController();
  const next = await watchFrames(server, 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true', ended.signal);
  const added = await next();
  assert.deepEqual([added?.type, added?.object.metadata.name], ['ADDED', 'a']);
  const bookmark = await next();
  assert.deepEqual(
    [bookmark?.type, bookmark?.object.kind, bookmark?.object.metadata.annotations],
    ['BOOKMARK', 'ConfigMap', { 'k8s.io/initial-events-end': 'true' }],
  );
  await server.send('PATCH', `${path}/a`, { type: 'application/merge-patch+json', body: { data: { k: 'v' } } });
  assert.equal((await next())?.type, 'MODIFIED');
  await server.send('DELETE', `${path}/a`);
  assert.equal((await next())?.type, 'DELETED');
  ended.abort();
  assert.equal(await next(), undefined);
});

test('a watch on the wire sends lines, in the negotiated form', async () => {
  await using server = await startTestServer({ resources });
  await server.send('POST', path, { body: configMap('a') });
  const ended = new AbortController();
  const open = async (accept: string) => {
    const reply = await server.server.wireHandler(makeRequest({ url: `${path}?watch=true`, headers: { accept }, signal: ended.signal }));
    assert.equal(reply.kind, 'bytes');
    assert.ok(!(reply.body instanceof Uint8Array));
    const first = await reply.body[Symbol.asyncIterator]().next();
    return { type: String(reply.headers['content-type']), text: Buffer.from(first.value as Uint8Array).toString() };
  };
  const lines = await open('application/json');
  assert.equal(lines.type, 'application/json');
  assert.equal((JSON.parse(lines.text) as Frame).object.metadata.name, 'a');
  const tables = await open(table);
  assert.equal((JSON.parse(tables.text) as Frame).object.kind, 'Table');
  const protobuf = await open('application/vnd.kubernetes.protobuf');
  assert.equal(protobuf.type, 'application/vnd.kubernetes.protobuf;stream=watch');
  ended.abort();
});

test('a watch from a revision that is gone tells 410 as an event', async () => {
  await using server = await startTestServer({ resources });
  const { storage } = server.server.context;
  for (let i = 0; i < 3; i++) await server.send('POST', path, { body: configMap(`n${i}`) });
  assert.ok((await storage.currentRevision()) > 1);
  const reply = await server.server.handler(withUser(makeRequest({ url: `${path}?watch=true&timeoutSeconds=1&resourceVersion=1` }), admin));
  assert.equal(reply.kind, 'stream');
  const [frame] = (await reply.frames.read()) ?? [];
  const value = frame?.value() as Frame & { readonly object: { readonly code?: number } };
  assert.ok(value.type === 'ERROR' ? value.object.code === 410 : value.type === 'ADDED');
  reply.frames.close();
});

test('large lists are sent in slices', async () => {
  await using server = await startTestServer({ resources });
  const data = { k: 'x'.repeat(100_000) };
  for (let i = 0; i < 8; i++) await server.send('POST', path, { body: { ...configMap(`n${i}`), data } });
  const reply = await server.server.wireHandler(makeRequest({ url: path }));
  assert.equal(reply.kind, 'bytes');
  assert.ok(!(reply.body instanceof Uint8Array));
  const whole = JSON.parse(Buffer.from(await wholeBytes(reply.body)).toString()) as { readonly items: readonly unknown[] };
  assert.equal(whole.items.length, 8);
});
