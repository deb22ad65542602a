import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listOf, plainDefinition, startTestServer, textOf } from '../test-support/test-server.ts';

const path = '/api/v1/namespaces/default/configmaps';
const resources = [plainDefinition('ConfigMap', 'configmaps'), plainDefinition('Deployment', 'deployments', { group: 'apps' })];
const configMap = (name: string, more: object = {}) => ({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name }, ...more });
const deep = '{"a":'.repeat(2000);

interface BadBody {
  readonly what: string;
  readonly url?: string;
  readonly body: string | object;
  readonly type?: string;
  readonly code: number;
  readonly message: string;
}

const unreadable = (why: string) =>
  `the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: ${why}`;

const badBodies: readonly BadBody[] = [
  { what: 'half an object', body: '{"kind":"ConfigMap",', code: 400, message: unreadable('unexpected end of JSON input ({"kind":"ConfigMap",)') },
  { what: 'no JSON', body: 'hello', code: 400, message: unreadable("invalid character 'h' looking for beginning of value (68656c6c6f)") },
  { what: 'nesting without end', body: deep, code: 400, message: unreadable('exceeded max depth ({"a":{"a":{"a":{"a":{"a":{"a": ...)') },
  { what: 'more than 3 MiB', body: 'x'.repeat(3145729), code: 413, message: 'Request entity too large: limit is 3145728' },
  {
    what: 'an unknown media type',
    body: 'x',
    type: 'text/plain',
    code: 415,
    message:
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  },
  {
    what: 'an unknown field under Strict',
    url: `${path}?fieldValidation=Strict`,
    body: configMap('a', { foo: 1 }),
    code: 400,
    message: 'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "foo"',
  },
  {
    what: 'a key twice under Strict',
    url: `${path}?fieldValidation=Strict`,
    body: '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a"},"data":{"a":"b","a":"c"}}',
    code: 400,
    message: 'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: duplicate field "data.a"',
  },
  {
    what: 'another kind',
    body: configMap('a', { kind: 'Pod' }),
    code: 400,
    message: 'Pod in version "v1" cannot be handled as a ConfigMap: converting (v1.Pod) to (ConfigMap): unknown conversion',
  },
  {
    what: 'another version',
    body: configMap('a', { apiVersion: 'apps/v1' }),
    code: 400,
    message: 'the API version in the data (apps/v1) does not match the expected API version (v1)',
  },
  {
    what: 'a field of a wrong type',
    body: configMap('a', { data: { a: 1 } }),
    code: 400,
    message:
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
  },
  {
    what: 'another namespace',
    body: configMap('a', { metadata: { name: 'a', namespace: 'other' } }),
    code: 400,
    message: 'the namespace of the provided object does not match the namespace sent on the request',
  },
  {
    what: 'no name',
    body: configMap('a', { metadata: {} }),
    code: 422,
    message: 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
  },
  {
    what: 'a resourceVersion',
    body: configMap('a', { metadata: { name: 'a', resourceVersion: '1' } }),
    code: 500,
    message: 'resourceVersion should not be set on objects to be created',
  },
  {
    what: 'an unknown dryRun',
    url: `${path}?dryRun=x`,
    body: configMap('a'),
    code: 422,
    message: 'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["x"]: supported values: "All"',
  },
];

test("bodies that cannot be created are refused in upstream's words", async (t) => {
  await using server = await startTestServer({ resources });
  for (const bad of badBodies) {
    await t.test(bad.what, async () => {
      const reply = await server.send('POST', bad.url ?? path, { body: bad.body, ...(bad.type === undefined ? {} : { type: bad.type }) });
      assert.equal(reply.json['message'], bad.message);
      assert.equal(reply.status, bad.code);
      assert.equal(reply.json['kind'], 'Status');
    });
  }
  const list = await server.send('GET', path);
  assert.deepEqual(list.json['items'], [], 'nothing was stored');
});

test('integers that JavaScript would change are refused', async () => {
  await using server = await startTestServer({ resources });
  const body = '{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"a"},"spec":{"replicas":9007199254740993}}';
  const reply = await server.send('POST', '/apis/apps/v1/namespaces/default/deployments', { body });
  assert.equal(reply.status, 400);
  assert.match(textOf(reply.json['message']), /9007199254740993/);
});

test('a create fills in what the server decides, and tells who owns the fields', async () => {
  await using server = await startTestServer({ resources });
  const made = await server.send('POST', `${path}?fieldManager=me`, {
    body: configMap('a', { metadata: { name: 'a', uid: 'mine', selfLink: '/x', deletionTimestamp: '2020-01-01T00:00:00Z' }, data: { k: 'v' } }),
  });
  assert.equal(made.status, 201);
  const { metadata } = made.json;
  assert.match(textOf(metadata?.['uid']), /^[0-9a-f-]{36}$/);
  assert.equal(metadata?.['namespace'], 'default');
  assert.equal(metadata?.['selfLink'], undefined);
  assert.equal(metadata?.['deletionTimestamp'], undefined);
  assert.equal(metadata?.['managedFields']?.[0]?.['manager'], 'me');
  assert.deepEqual(metadata?.['managedFields']?.[0]?.['fieldsV1'], { 'f:data': { '.': {}, 'f:k': {} } });
  const got = await server.send('GET', `${path}/a`);
  assert.equal(got.text, made.text, 'what is read is what was answered');
  const again = await server.send('POST', path, { body: configMap('a') });
  assert.deepEqual([again.status, again.json['message'], again.json['reason']], [409, 'configmaps "a" already exists', 'AlreadyExists']);
});

test('generateName makes names that can be told apart', async () => {
  await using server = await startTestServer({ resources });
  const names = new Set<string>();
  for (let i = 0; i < 20; i++) {
    const made = await server.send('POST', path, { body: configMap('', { metadata: { generateName: 'g-' } }) });
    names.add(textOf(made.json['metadata']?.['name']));
  }
  assert.equal(names.size, 20);
  for (const name of names) assert.match(name, /^g-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
});

test('a dry run answers like a create and stores nothing', async () => {
  await using server = await startTestServer({ resources });
  const made = await server.send('POST', `${path}?dryRun=All`, { body: configMap('a', { data: { k: 'v' } }) });
  assert.equal(made.status, 201);
  assert.deepEqual(made.json['data'], { k: 'v' });
  assert.equal((await server.send('GET', `${path}/a`)).status, 404);
});

test('unknown fields are told as warnings and dropped', async () => {
  await using server = await startTestServer({ resources });
  const made = await server.send('POST', path, { body: configMap('a', { foo: 1 }) });
  assert.equal(made.status, 201);
  assert.deepEqual(made.headers['warning'], ['299 - "unknown field \\"foo\\""']);
  assert.equal(made.json['foo'], undefined);
});

test("keys named like members of JavaScript's objects are ordinary keys", async () => {
  await using server = await startTestServer({ resources });
  const body = '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","labels":{"constructor":"x"}},"data":{"__proto__":"x","toString":"y"}}';
  assert.equal((await server.send('POST', path, { body })).status, 201);
  await server.send('PATCH', `${path}/a`, { type: 'application/merge-patch+json', body: '{"data":{"__proto__":"z","hasOwnProperty":"q"}}' });
  const got = await server.send('GET', `${path}/a`);
  assert.match(got.text, /"data":\{"__proto__":"z","hasOwnProperty":"q","toString":"y"\}/);
  assert.equal(Object.hasOwn(Object.prototype, 'x'), false);
  const byLabel = await server.send('GET', `${path}?labelSelector=constructor%3Dx`);
  assert.equal(listOf(byLabel.json['items']).length, 1);
  const none = await server.send('GET', `${path}?labelSelector=toString`);
  assert.equal(listOf(none.json['items']).length, 0, 'inherited members are no labels');
});

test('YAML and protobuf bodies are taken', async () => {
  await using server = await startTestServer({ resources });
  const yaml = 'kind: ConfigMap\napiVersion: v1\nmetadata: {name: yaml}\ndata: {a: "1"}\n';
  assert.equal((await server.send('POST', path, { body: yaml, type: 'application/yaml' })).status, 201);
  const protobuf = Buffer.from(
    '6b3873000a0f0a0276311209436f6e6669674d6170121b0a110a01711200' + '1a0022002a0032003800420012060a016112' + '01621a002200',
    'hex',
  );
  const made = await server.send('POST', path, { body: protobuf, type: 'application/vnd.kubernetes.protobuf' });
  assert.equal(made.status, 201, made.text);
  assert.deepEqual(made.json['data'], { a: 'b' });
  assert.equal(made.json['metadata']?.['name'], 'q');
});
