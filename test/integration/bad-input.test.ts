/** What no well-behaved client sends, over real HTTPS: upstream's status codes and texts, nothing written, and a server that lives on. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { connect } from 'node:tls';
import type { Status } from '../../src/apimachinery/index.ts';
import { type Clock, jsonLogger, realClock } from '../../src/base/index.ts';
import { clientUsages, createAuthority, issueCertificate } from '../../src/pki/index.ts';
import { startCluster, type TestCluster } from '../../src/testing/index.ts';
import { eventually } from '../support/e2e-cluster.ts';
import { type Credentials, credentialsOf, type RawReply, type RawRequest, sendRaw, sendRawHttp2 } from './raw-request.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';
const deployments = '/apis/apps/v1/namespaces/default/deployments';
const json = { 'content-type': 'application/json' };
const yaml = { 'content-type': 'application/yaml' };
const protobuf = { 'content-type': 'application/vnd.kubernetes.protobuf' };
const unreadable = "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: ";
const noSuchResource = 'the server could not find the requested resource';
const objectTypes = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';
const unknownFormat = `the body of the request was in an unknown format - accepted media types include: ${objectTypes}`;
const notAcceptable = `only the following media types are accepted: ${objectTypes}`;
const badOptions = (kind: string) => new RegExp(`^${kind}\\.meta\\.k8s\\.io "" is invalid: `);

let cluster: TestCluster;
let admin: Credentials;
let log = '';
/** Moves the server's time on, in milliseconds. */
let shiftMs = 0;
const clock: Clock = { ...bound(realClock), now: () => realClock.now() + shiftMs };

function bound(of: Clock): Clock {
  return {
    now: () => of.now(),
    monotonicMs: () => of.monotonicMs(),
    after: (ms, run) => of.after(ms, run),
    sleep: (ms, signal) => of.sleep(ms, signal),
  };
}

before(async () => {
  const logger = jsonLogger({ write: (line) => (log += line), now: () => 0, level: 'debug' });
  // Without controllers nobody writes but these tests.
  cluster = await startCluster({ controllers: false, clock, logger });
  admin = credentialsOf(cluster.kubeconfig);
});

after(async () => {
  await cluster?.[Symbol.asyncDispose]();
});

/** The store's revision: any write raises it. */
async function revision(): Promise<string> {
  return (await cluster.client.resource('nodes').list()).metadata.resourceVersion ?? '';
}

interface Case extends RawRequest {
  readonly what: string;
  readonly code: number;
  /** Of the Status, or of the text where the reply is none. */
  readonly message: string | RegExp;
  readonly reason?: string;
  readonly as?: Credentials;
  /** HTTP/1.1 alone, where HTTP/2 cannot say it; HTTP/2 alone, where HTTP/1.1 cannot. */
  readonly http1?: boolean;
  readonly http2?: boolean;
}

function statusOf(reply: RawReply): Status | undefined {
  if (!String(reply.headers['content-type']).includes('json')) return undefined;
  const value = JSON.parse(reply.text) as { readonly kind?: string };
  return value.kind === 'Status' ? (value as Status) : undefined;
}

function check(reply: RawReply, expected: Case): void {
  const { what, code, message, reason } = expected;
  const status = statusOf(reply);
  const text = status ? (status.message ?? '') : reply.text;
  if (typeof message === 'string') assert.equal(text, message, what);
  else assert.match(text, message, what);
  assert.equal(reply.status, code, `${what}: ${text}`);
  if (status) assert.deepEqual([status.status, status.code], ['Failure', code], what);
  if (reason !== undefined) assert.equal(status?.reason, reason, what);
}

/** Each case by both versions of HTTP: answered as expected, nothing written, the server alive. */
function refused(name: string, cases: () => readonly Case[] | Promise<readonly Case[]>): void {
  test(name, { timeout: 60_000 }, async () => {
    const all = await cases();
    const start = await revision();
    for (const one of all) {
      const as = one.as ?? admin;
      if (one.http2 !== true) check(await sendRaw(cluster.url, as, one), one);
      if (one.http1 !== true) check(await sendRawHttp2(cluster.url, as, one), one);
    }
    assert.equal(await revision(), start, 'nothing was written');
    assert.equal((await sendRaw(cluster.url, admin, { path: '/livez' })).text, 'ok');
  });
}

const configMap = (more: object = {}) => JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, ...more });
const post = (what: string, body: string | Uint8Array, rest: Pick<Case, 'code' | 'message'> & Partial<Case>): Case => ({
  what,
  method: 'POST',
  path: configMaps,
  headers: json,
  body,
  ...rest,
});
const get = (what: string, path: string, rest: Pick<Case, 'code' | 'message'> & Partial<Case>): Case => ({ what, path, ...rest });

refused('bodies that are no JSON', () => [
  post('nothing', '', { code: 400, message: /unexpected end of JSON input/ }),
  post('a list', '[]', { code: 400, message: /cannot unmarshal array into Go value/ }),
  post('a string', '"x"', { code: 400, message: /cannot unmarshal string into Go value/ }),
  post('an object cut off', '{"kind":"ConfigMap"', { code: 400, message: `${unreadable}unexpected end of JSON input ({"kind":"ConfigMap")` }),
  post('more after it', `${configMap()} x`, { code: 400, message: /invalid character 'x' after top-level value/ }),
  post('null', 'null', { code: 422, message: 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required' }),
  post('broken UTF-8', Buffer.from(configMap({ data: { k: 'ÿ' } }), 'latin1'), { code: 400, message: /UTF-8/ }),
  post('lists without end', '['.repeat(20_000), { code: 400, message: /exceeded max depth/ }),
  post('objects without end', '{"a":'.repeat(20_000), { code: 400, message: /exceeded max depth/ }),
]);

refused('bodies that are no YAML', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...['b', 'c', 'd', 'e', 'f', 'g'].map((k, i) => `${k}: &${k} [${Array(9).fill(`*${'abcdef'[i]}`).join(',')}]`),
  ];
  return [
    post('a map in a map', 'a: b: c', { headers: yaml, code: 400, message: /error converting YAML to JSON: yaml: line 1: / }),
    post('an alias of nothing', 'kind: ConfigMap\ndata: {k: *b}', { headers: yaml, code: 400, message: /error converting YAML to JSON: yaml: / }),
    post('a tag', 'kind: ConfigMap\ndata: {a: !!js/function x}', { headers: yaml, code: 400, message: /error converting YAML to JSON: yaml: / }),
    post('a list', '- a', { headers: yaml, code: 400, message: /cannot unmarshal array into Go value/ }),
    post('aliases that multiply', bomb.join('\n'), { headers: yaml, code: 400, message: /excessive aliasing/ }),
    post('flow lists without end', '['.repeat(20_000), { headers: yaml, code: 400, message: /yaml: / }),
    post('block lists without end', '- '.repeat(20_000), { headers: yaml, code: 400, message: /yaml: / }),
    post('a name that is a boolean', 'kind: ConfigMap\napiVersion: v1\nmetadata: {name: yes}', {
      headers: yaml,
      code: 400,
      message: /cannot unmarshal bool into Go struct field ObjectMeta\.metadata\.name of type string$/,
    }),
  ];
});

const strict = 'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: ';

refused('fields that are unknown or twice there, under Strict', () => [
  post('unknown', configMap({ foo: 1 }), { path: `${configMaps}?fieldValidation=Strict`, code: 400, message: `${strict}unknown field "foo"` }),
  post('twice', '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a"},"data":{"k":"1","k":"2"}}', {
    path: `${configMaps}?fieldValidation=Strict`,
    code: 400,
    message: `${strict}duplicate field "data.k"`,
  }),
  post('twice in YAML', 'kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {k: "1"}\ndata: {k: "2"}', {
    path: `${configMaps}?fieldValidation=Strict`,
    headers: yaml,
    code: 400,
    message: /strict decoding error: yaml: .*key "data" already set in map/s,
  }),
  post('an unknown level', configMap(), {
    path: `${configMaps}?fieldValidation=Bogus`,
    code: 422,
    message: 'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Bogus": supported values: "", "Ignore", "Strict", "Warn"',
  }),
]);

test('fields that are unknown or twice there are told under Warn and dropped under Ignore', async () => {
  const body = '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"w","foo":1},"bar":1,"data":{"k":"1","k":"2"}}';
  const send = (level: string) =>
    sendRaw(cluster.url, admin, { method: 'POST', path: `${configMaps}?dryRun=All&fieldValidation=${level}`, headers: json, body });
  const warned = await send('Warn');
  assert.equal(warned.status, 201, warned.text);
  assert.equal(
    warned.headers['warning'],
    '299 - "duplicate field \\"data.k\\"", 299 - "unknown field \\"metadata.foo\\"", 299 - "unknown field \\"bar\\""',
  );
  const ignored = await send('Ignore');
  assert.equal(ignored.headers['warning'], undefined);
  for (const reply of [warned, ignored]) {
    assert.deepEqual((JSON.parse(reply.text) as { data: unknown }).data, { k: '2' }, 'the last of two equal keys holds');
    assert.doesNotMatch(reply.text, /"(?:foo|bar)"/);
  }
});

refused('numbers that do not fit', () => {
  const deployment = (replicas: string, metadata = '') =>
    `{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"a"${metadata}},"spec":{"replicas":${replicas}}}`;
  const send = (what: string, body: string, message: RegExp): Case => ({
    what,
    method: 'POST',
    path: deployments,
    headers: json,
    body,
    code: 400,
    message,
  });
  return [
    send('beyond int32 and 2^53', deployment('9007199254740993'), /9007199254740993/),
    send('beyond 2^53', deployment('1', ',"generation":9007199254740993'), /9007199254740993/),
    send('a fraction', deployment('1.5'), /cannot unmarshal number 1\.5 into Go struct field DeploymentSpec\.spec\.replicas of type int32/),
    send('no double', deployment('1e400'), /1e400/),
    send('a string', deployment('"3"'), /cannot unmarshal string into Go struct field DeploymentSpec\.spec\.replicas of type int32/),
  ];
});

test("keys named like members of JavaScript's objects are kept, harmless, and read back exactly", async () => {
  const keys = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__defineGetter__'];
  const data = keys.map((k) => `${JSON.stringify(k)}:${JSON.stringify(`of ${k}`)}`).join(',');
  const labels = keys.filter((k) => !k.startsWith('_')).map((k) => `${JSON.stringify(k)}:"x"`);
  const annotations = '"constructor":"{\\"__proto__\\":1}","prototype":"p"';
  const body = `{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"proto","labels":{${labels.join(',')}},"annotations":{${annotations}}},"data":{${data}}}`;
  const send = (method: string, path: string, more: Partial<RawRequest> = {}) =>
    sendRaw(cluster.url, admin, { method, path, headers: json, ...more });
  assert.equal((await send('POST', `${configMaps}?fieldValidation=Strict`, { body })).status, 201);
  const patches: readonly (readonly [string, string])[] = [
    ['application/merge-patch+json', '{"data":{"__proto__":"merged"}}'],
    ['application/strategic-merge-patch+json', '{"data":{"constructor":"strategic"}}'],
    [
      'application/json-patch+json',
      '[{"op":"add","path":"/data/__proto__","value":"json"},{"op":"test","path":"/data/toString","value":"of toString"}]',
    ],
  ];
  for (const [type, patch] of patches) {
    const patched = await send('PATCH', `${configMaps}/proto`, { headers: { 'content-type': type }, body: patch });
    assert.equal(patched.status, 200, patched.text);
  }
  const applied = await send('PATCH', `${configMaps}/proto?fieldManager=__proto__&force=true`, {
    headers: { 'content-type': 'application/apply-patch+yaml' },
    body: '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"proto"},"data":{"__proto__":"applied"}}',
  });
  assert.equal(applied.status, 200, applied.text);
  const entries = (text: string) => Object.entries((JSON.parse(text) as { readonly data: Readonly<Record<string, string>> }).data);
  const expected = keys.map((k) => [k, k === '__proto__' ? 'applied' : k === 'constructor' ? 'strategic' : `of ${k}`]);
  const sorted = (pairs: readonly (readonly string[])[]) => pairs.toSorted((a, b) => (a[0]! < b[0]! ? -1 : 1));
  for (const accept of [
    'application/json',
    'application/json;as=Table;v=v1;g=meta.k8s.io',
    'application/yaml',
    'application/vnd.kubernetes.protobuf',
  ]) {
    const got = await send('GET', `${configMaps}/proto`, { headers: { accept } });
    assert.equal(got.status, 200, accept);
    if (accept === 'application/json') assert.deepEqual(sorted(entries(got.text)), sorted(expected));
    else if (!accept.includes('Table')) assert.ok(got.text.includes('applied') && got.text.includes('__proto__'), accept);
  }
  const selected = await send('GET', `${configMaps}?labelSelector=constructor%3Dx,hasOwnProperty`);
  assert.match(selected.text, /"name":"proto"/);
  assert.doesNotMatch((await send('GET', `${configMaps}?labelSelector=valueOf`)).text, /"name":"proto"/, 'inherited members are no labels');
  assert.equal(({} as Record<string, unknown>)['applied'], undefined);
  assert.equal((await send('DELETE', `${configMaps}/proto`)).status, 200);
});

refused('bodies of a wrong size or media type', () => [
  post('more than 3 MiB', 'x'.repeat(3 * 1024 * 1024 + 1), {
    code: 413,
    reason: 'RequestEntityTooLarge',
    message: 'Request entity too large: limit is 3145728',
  }),
  post('text', configMap(), { headers: { 'content-type': 'text/plain' }, code: 415, reason: 'UnsupportedMediaType', message: unknownFormat }),
  post('no media type at all', configMap(), { headers: { 'content-type': 'garbage;;;=' }, code: 415, message: unknownFormat }),
  post('a patch sent to create', '{}', { headers: { 'content-type': 'application/merge-patch+json' }, code: 415, message: unknownFormat }),
  post('protobuf that is none', 'garbage', { headers: protobuf, code: 400, message: /provided data does not appear to be a protobuf message/ }),
  {
    what: 'JSON sent to patch',
    method: 'PATCH',
    path: `${configMaps}/a`,
    headers: json,
    body: '{}',
    code: 415,
    message: /accepted media types include: application\/json-patch\+json, /,
  },
  get('HTML', configMaps, { headers: { accept: 'text/html' }, code: 406, reason: 'NotAcceptable', message: notAcceptable }),
  get('a list as HTML, watched', `${configMaps}?watch=1`, {
    headers: { accept: 'text/html' },
    code: 406,
    message: /^only the following media types are accepted: /,
  }),
  get('no media type', configMaps, { headers: { accept: ';;;' }, code: 406, message: notAcceptable }),
  get('a Table that nobody knows', configMaps, {
    headers: { accept: 'application/json;as=Table;v=v9;g=meta.k8s.io' },
    code: 406,
    message: /^only the following media types are accepted/,
  }),
]);

refused('paths that lead nowhere, or out', () => [
  get('up and out', '/api/v1/../../etc/passwd', { code: 404, message: noSuchResource, http1: true }),
  get('a name that is a step up', `${configMaps}/%2e%2e`, { code: 404, message: 'configmaps ".." not found' }),
  get('steps up, encoded', `${configMaps}/%2e%2e%2f%2e%2e%2fsecrets`, { code: 404, message: noSuchResource }),
  get('a zero byte', `${configMaps}/a%00b`, { code: 404, message: /^configmaps "a\\(?:u00|x)00b" not found$/ }),
  get('no percent-encoding', `${configMaps}/%zz`, { code: 400, message: 'invalid URL escape in path\n' }),
  get('no UTF-8', `${configMaps}/%ff`, { code: 400, message: 'invalid URL escape in path\n' }),
  get('upper case', '/API/v1/configmaps', { code: 404, message: '404 page not found\n' }),
  get('no such version', '/api/v9/configmaps', { code: 404, message: '404 page not found\n' }),
  get('no such resource', '/api/v1/namespaces/default/nosuch', { code: 404, message: noSuchResource }),
  get('no such subresource', `${configMaps}/a/nosuch`, { code: 404, message: noSuchResource }),
  get('a name without its namespace', '/api/v1/configmaps/a', { code: 404, message: noSuchResource }),
  get('a namespace of what has none', '/api/v1/namespaces/default/nodes', { code: 404, message: noSuchResource }),
  {
    what: 'a name that steps up',
    method: 'PUT',
    path: `${configMaps}/%2e%2e`,
    headers: json,
    body: configMap({ metadata: { name: '..' } }),
    code: 404,
    message: 'configmaps ".." not found',
  },
  post('a name that is a path', configMap({ metadata: { name: '../x' } }), { code: 422, message: /metadata\.name: Invalid value: "\.\.\/x"/ }),
  post('a create without a namespace', configMap(), { path: '/api/v1/configmaps', code: 405, message: /does not allow this method/ }),
  {
    what: 'a PUT of a collection',
    method: 'PUT',
    path: configMaps,
    headers: json,
    body: configMap(),
    code: 405,
    message: /does not allow this method/,
  },
]);

refused('queries that say nothing that is known', () => {
  const token = (value: string) => `${configMaps}?continue=${Buffer.from(value).toString('base64url')}`;
  const point = (v: string, rv: number, start: string) => token(JSON.stringify({ v, rv, start }));
  const invalidToken = 'invalid continue token: continue key is not valid: ';
  return [
    get('a label selector cut off', `${configMaps}?labelSelector=a%20in%20(`, { code: 400, message: /^unable to parse requirement: / }),
    get('a label selector of two values', `${configMaps}?labelSelector=a%3Db%3Dc`, {
      code: 400,
      message: "found '=', expected: ',' or 'end of string'",
    }),
    get('a label that is none', `${configMaps}?labelSelector=-bad%3Dx`, { code: 400, message: /Invalid value: "-bad": name part must consist of/ }),
    get('an unknown field', `${configMaps}?fieldSelector=nosuch%3Dx`, { code: 400, message: /^"nosuch" is not a known field selector/ }),
    get('an unknown field, watched', `${configMaps}?watch=1&fieldSelector=nosuch%3Dx`, {
      code: 400,
      message: /^"nosuch" is not a known field selector/,
    }),
    get('no field selector', `${configMaps}?fieldSelector=metadata.name`, { code: 400, message: /^invalid selector: 'metadata.name'/ }),
    get('a token of nothing', `${configMaps}?limit=1&continue=%C3%A4`, {
      code: 400,
      message: /^invalid continue token: .*illegal base64 data at input byte 0/,
    }),
    get('a token that is no JSON', token('hello'), { code: 400, message: `${invalidToken}invalid character 'h' looking for beginning of value` }),
    get('a token that leads out', point('meta.k8s.io/v1', 1, '../../secrets'), { code: 400, message: `${invalidToken}../../secrets` }),
    get('a token of another version', point('meta.k8s.io/v2', 1, 'x'), {
      code: 400,
      message: /server does not recognize this encoded version meta\.k8s\.io\/v2/,
    }),
    get('a token and a resourceVersion', `${configMaps}?continue=x&resourceVersion=1`, {
      code: 400,
      message: 'specifying resource version is not allowed when using continue',
    }),
    get('a limit that is none', `${configMaps}?limit=x`, { code: 400, message: 'strconv.ParseInt: parsing "x": invalid syntax' }),
    get('a limit beyond int64', `${configMaps}?limit=99999999999999999999`, {
      code: 400,
      message: 'strconv.ParseInt: parsing "99999999999999999999": value out of range',
    }),
    get('a resourceVersion that is none', `${configMaps}?resourceVersion=x`, {
      code: 400,
      message: 'invalid resource version: resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax',
    }),
    get('a resourceVersion beyond uint64', `${configMaps}?resourceVersion=18446744073709551616`, {
      code: 400,
      message: /"18446744073709551616": value out of range$/,
    }),
    get('a resourceVersion to come', `${configMaps}?resourceVersion=99999999`, {
      code: 504,
      reason: 'Timeout',
      message: /^Timeout: Too large resource version: 99999999, current: \d+$/,
    }),
    get('a match of nothing', `${configMaps}?resourceVersionMatch=Exact`, { code: 422, message: badOptions('ListOptions') }),
    get('an unknown match', `${configMaps}?resourceVersion=1&resourceVersionMatch=Bogus`, { code: 422, message: badOptions('ListOptions') }),
    get('a watch from nowhere', `${configMaps}?watch=1&resourceVersion=x`, {
      code: 422,
      message: /strconv\.ParseUint: parsing "x": invalid syntax$/,
    }),
    get('a watch from before', `${configMaps}?watch=1&resourceVersion=-1`, {
      code: 422,
      message: /strconv\.ParseUint: parsing "-1": invalid syntax$/,
    }),
    get('initial events without a match', `${configMaps}?watch=1&sendInitialEvents=true`, { code: 422, message: badOptions('ListOptions') }),
    get('a GET at no resourceVersion', `${configMaps}/a?resourceVersion=x`, { code: 400, message: /^invalid resource version: / }),
    post('an unknown dry run', configMap(), { path: `${configMaps}?dryRun=Bogus`, code: 422, message: badOptions('CreateOptions') }),
    post('a manager too long', configMap(), {
      path: `${configMaps}?fieldManager=${'x'.repeat(129)}`,
      code: 422,
      message: badOptions('CreateOptions'),
    }),
    {
      what: 'a grace that is none',
      method: 'DELETE',
      path: '/api/v1/namespaces/default?gracePeriodSeconds=x',
      code: 400,
      message: 'strconv.ParseInt: parsing "x": invalid syntax',
    },
    {
      what: 'an unknown propagation',
      method: 'DELETE',
      path: '/api/v1/namespaces/default?propagationPolicy=Bogus',
      code: 422,
      message: badOptions('DeleteOptions'),
    },
    {
      what: 'a Pod for DeleteOptions',
      method: 'DELETE',
      path: '/api/v1/namespaces/default',
      headers: json,
      body: '{"kind":"Pod","apiVersion":"v1"}',
      code: 400,
      message: 'decoded object cannot be converted to DeleteOptions',
    },
  ];
});

test('a watch from a version that is compacted or gone is told so in the stream or by 410', async () => {
  const reply = await sendRaw(cluster.url, admin, { path: `${configMaps}?watch=1&resourceVersion=1&timeoutSeconds=2` });
  const gone = /"code":410/.test(reply.text);
  // A server as young as this one may still have its first revision.
  assert.ok(gone || reply.status === 200, reply.text);
});

test('headers without end are refused or cut off, and the server lives', async () => {
  for (const send of [sendRaw, sendRawHttp2]) {
    const big = send(cluster.url, admin, { path: configMaps, headers: { 'x-big': 'x'.repeat(2 * 1024 * 1024) } });
    const told = await big.then(
      (reply) => reply.status,
      (error: unknown) => (error instanceof Error ? 'cut' : error),
    );
    assert.ok(told === 431 || (told === 'cut' && send === sendRawHttp2), String(told));
    const fine = await send(cluster.url, admin, { path: configMaps, headers: { 'x-big': 'x'.repeat(20_000) } });
    assert.equal(fine.status, 200);
  }
});

refused('methods that are none', () =>
  ['constructor', '__proto__', 'toString', 'FOO', 'OPTIONS']
    .flatMap((method) => [
      { what: method, method, path: configMaps, code: 405, message: 'the server does not allow this method on the requested resource' },
      { what: `${method} of a subresource`, method, path: '/api/v1/namespaces/default/pods/a/log', code: 405, message: /does not allow this method/ },
    ])
    .map((one) => ({ ...one, http2: true })),
);

test('a body that breaks off is not taken for a whole one', async () => {
  const start = await revision();
  const { hostname, port } = new URL(cluster.url);
  const body = configMap({ metadata: { name: 'broken-off' } });
  for (const length of [`content-length: ${body.length + 10}`, 'transfer-encoding: chunked']) {
    const text = length.startsWith('transfer') ? `${body.length.toString(16)}\r\n${body}\r\n` : body;
    const socket = connect({ host: hostname, port: Number(port), ...admin });
    await once(socket, 'secureConnect');
    socket.write(`POST ${configMaps} HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\n${length}\r\n\r\n${text}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(await revision(), start);
  assert.equal((await sendRaw(cluster.url, admin, { path: '/livez' })).text, 'ok');
});

test('patches and patterns that would grow without end are cut short', async () => {
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'bombs.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'bombs', singular: 'bomb', kind: 'Bomb' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: { name: { type: 'string', pattern: '^(a+)+$' }, free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
            },
          },
        },
      ],
    },
  };
  const bombs = '/apis/example.com/v1/namespaces/default/bombs';
  const bomb = (more: object) => JSON.stringify({ apiVersion: 'example.com/v1', kind: 'Bomb', metadata: { name: 'b' }, ...more });
  const send = (method: string, path: string, body: string, headers: Readonly<Record<string, string>> = json) =>
    sendRaw(cluster.url, admin, { method, path, headers, body });
  assert.equal((await send('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', JSON.stringify(definition))).status, 201);
  await eventually('the definition is served', async () => (await sendRaw(cluster.url, admin, { path: bombs })).status === 200);
  const started = performance.now();
  const long = await send('POST', bombs, bomb({ name: `${'a'.repeat(60_000)}!` }));
  assert.equal(long.status, 422);
  assert.match(long.text, /in body should match '\^\(a\+\)\+\$'/);
  assert.equal((await send('POST', bombs, bomb({ name: 'aaaa', free: { x: { text: 'x'.repeat(100) } } }))).status, 201);
  const copies = Array.from({ length: 60 }, (_, i) => ({ op: 'copy', from: '/free', path: `/free/c${i}` }));
  const patched = await send('PATCH', `${bombs}/b`, JSON.stringify(copies), { 'content-type': 'application/json-patch+json' });
  assert.equal(patched.status, 413, patched.text.slice(0, 300));
  assert.match(patched.text, /Unable to complete the copy, the accumulated size increase of copy is \d+, exceeding the limit 3145728/);
  assert.ok(performance.now() - started < 10_000);
});

async function robotToken(): Promise<string> {
  const accounts = cluster.client.resource('serviceaccounts');
  await accounts.create({ metadata: { name: 'robot', namespace: 'default' } }).catch(() => undefined);
  const asked = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 600 } };
  const made = await accounts.createSubresource<{ status: { token: string } }>({ namespace: 'default', name: 'robot' }, 'token', asked);
  return made.status.token;
}

refused('callers who are not who they say, or may not', async () => {
  const nobody: Credentials = { ca: admin.ca };
  const unauthorized = { code: 401, reason: 'Unauthorized', message: 'Unauthorized', as: nobody };
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
  const token = await robotToken();
  const [head, claims, signature] = token.split('.') as [string, string, string];
  const forgedClaims = Buffer.from(
    JSON.stringify({ ...(JSON.parse(Buffer.from(claims, 'base64url').toString()) as object), sub: 'system:serviceaccount:kube-system:x' }),
  );
  const unsigned = Buffer.from('{"alg":"none"}').toString('base64url');
  const other = createAuthority({ commonName: 'kubernetes', clock });
  const subject = { commonName: 'kubernetes-admin', organizations: ['system:masters'] };
  const forged = issueCertificate(other, { subject, usages: clientUsages, validityMs: 3_600_000 }, clock);
  const robot = 'User "system:serviceaccount:default:robot" cannot';
  return [
    get('no credentials', configMaps, unauthorized),
    get('a token nobody gave', configMaps, { ...unauthorized, ...bearer('nosuch') }),
    get('an empty token', configMaps, { ...unauthorized, ...bearer('') }),
    get('a password', configMaps, { ...unauthorized, headers: { authorization: 'Basic YTpi' } }),
    get('a token of other claims', configMaps, { ...unauthorized, ...bearer(`${head}.${forgedClaims.toString('base64url')}.${signature}`) }),
    get('a token without a signature', configMaps, { ...unauthorized, ...bearer(`${unsigned}.${claims}.`) }),
    get('a token with a cut signature', configMaps, { ...unauthorized, ...bearer(token.slice(0, -4)) }),
    get('a certificate of another authority', configMaps, { ...unauthorized, as: { ca: admin.ca, cert: forged.certificatePem, key: forged.keyPem } }),
    get('impersonation without credentials', configMaps, { ...unauthorized, headers: { 'impersonate-user': 'kubernetes-admin' } }),
    get('a path', '/metrics', { code: 403, message: `forbidden: ${robot} get path "/metrics"`, as: nobody, ...bearer(token) }),
    get('a resource', configMaps, {
      code: 403,
      reason: 'Forbidden',
      message: `configmaps is forbidden: ${robot} list resource "configmaps" in API group "" in the namespace "default"`,
      as: nobody,
      ...bearer(token),
    }),
    get('a resource that is none', '/api/v1/nosuch', {
      code: 403,
      message: `nosuch is forbidden: ${robot} list resource "nosuch" in API group "" at the cluster scope`,
      as: nobody,
      ...bearer(token),
    }),
    get('another user', configMaps, {
      code: 403,
      message: `users "kubernetes-admin" is forbidden: ${robot} impersonate resource "users" in API group "" at the cluster scope`,
      as: nobody,
      headers: { ...bearer(token).headers, 'impersonate-user': 'kubernetes-admin' },
    }),
    get('a group', configMaps, {
      code: 500,
      message: 'Internal error occurred: requested impersonation without impersonating a user',
      headers: { 'impersonate-group': 'system:masters' },
    }),
  ];
});

test('a token is refused once its time is over', async () => {
  const headers = { authorization: `Bearer ${await robotToken()}` };
  const ask = () => sendRaw(cluster.url, { ca: admin.ca }, { path: '/version', headers });
  assert.equal((await ask()).status, 200);
  shiftMs = 11 * 60_000;
  try {
    const late = await ask();
    assert.equal(late.status, 401, late.text);
  } finally {
    shiftMs = 0;
  }
});

test('secrets and tokens never come into the log', async () => {
  const mark = 'c2VjcmV0LW1hcms';
  const token = await robotToken();
  const secrets = '/api/v1/namespaces/default/secrets';
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { password: `${mark}=` }, stringData: { other: mark } };
  const body = JSON.stringify(secret);
  const attempts: readonly RawRequest[] = [
    { method: 'POST', path: secrets, headers: json, body },
    { method: 'POST', path: secrets, headers: json, body: body.slice(0, -1) },
    { method: 'POST', path: secrets, headers: json, body: JSON.stringify({ ...secret, metadata: { name: 's2' }, data: { password: `${mark}!` } }) },
    { method: 'PUT', path: `${secrets}/s`, headers: json, body },
    { method: 'PATCH', path: `${secrets}/s`, headers: { 'content-type': 'application/merge-patch+json' }, body: `{"stringData":{"x":"${mark}"}}` },
    { method: 'PATCH', path: `${secrets}/s`, headers: { 'content-type': 'application/merge-patch+json' }, body: `{"data":{"x":{"y":"${mark}"}}}` },
    { path: `${secrets}/s`, headers: { authorization: `Bearer ${token}` } },
    { path: secrets, headers: { authorization: `Bearer ${token}x` } },
    { path: `${secrets}?watch=1&timeoutSeconds=1` },
    { method: 'DELETE', path: `${secrets}/s` },
  ];
  for (const attempt of attempts) {
    for (const as of [admin, { ca: admin.ca }]) await sendRaw(cluster.url, as, attempt);
  }
  for (const hidden of [mark, token, token.split('.')[2]!, admin.key!.split('\n')[1]!]) assert.equal(log.includes(hidden), false);
  assert.doesNotMatch(log, /"level":"error"/, 'nothing that a client sends is an error of the server');
});
