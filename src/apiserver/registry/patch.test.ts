import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainDefinition, startTestServer, textOf } from '../test-support/test-server.ts';

const path = '/api/v1/namespaces/default/configmaps';
const resources = [plainDefinition('ConfigMap', 'configmaps')];
const configMap = (name: string, more: object = {}) => ({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name }, ...more });
const [json, merge, strategic, apply] = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];

test('each kind of patch changes what it says', async () => {
  await using server = await startTestServer({ resources });
  await server.send('POST', path, { body: configMap('a', { data: { x: '1', y: '2' } }) });
  const patch = (type: string | undefined, body: unknown) => server.send('PATCH', `${path}/a`, { body, type: type! });
  assert.deepEqual((await patch(merge, { data: { x: null, z: '3' } })).json['data'], { y: '2', z: '3' });
  assert.deepEqual((await patch(strategic, { data: { y: '4' } })).json['data'], { y: '4', z: '3' });
  assert.deepEqual(
    (
      await patch(json, [
        { op: 'test', path: '/data/z', value: '3' },
        { op: 'remove', path: '/data/z' },
      ])
    ).json['data'],
    { y: '4' },
  );
});

test("patches that cannot be applied are refused in upstream's words", async () => {
  await using server = await startTestServer({ resources });
  await server.send('POST', path, { body: configMap('a') });
  const accepted = [json, merge, strategic, apply].join(', ');
  const generic = 'the server rejected our request due to an error in our request';
  const cases: readonly (readonly [string | undefined, string, unknown, number, string | RegExp])[] = [
    ['application/json', '', {}, 415, `the body of the request was in an unknown format - accepted media types include: ${accepted}`],
    [json, '', [{ op: 'remove', path: '/nosuch' }], 422, generic],
    [json, '', {}, 400, /^error decoding patch: /],
    [merge, '', [], 400, 'Invalid JSON Patch'],
    [
      merge,
      '',
      { data: { a: 1 } },
      422,
      /^ "" is invalid: patch: Invalid value: "\{.*\}": json: cannot unmarshal number into Go struct field ConfigMap.data of type string$/,
    ],
    [
      strategic,
      '?fieldValidation=Strict',
      { foo: { bar: 1 } },
      422,
      ' "" is invalid: patch: Invalid value: "map[foo:map[bar:1]]": strict decoding error: unknown field "foo"',
    ],
    [merge, '', { metadata: { name: 'b' } }, 400, 'the name of the object (b) does not match the name on the URL (a)'],
    [merge, '?force=true', {}, 422, 'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch'],
    [apply, '', configMap('a'), 422, 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch'],
    [apply, '?fieldManager=m', configMap('a', { foo: 1 }), 500, /\.foo: field not declared in schema$/],
    [
      apply,
      '?fieldManager=m',
      configMap('a', { apiVersion: 'v2' }),
      400,
      'Incorrect version specified in apply patch. Specified patch version: v2, expected: v1',
    ],
  ];
  for (const [type, query, body, code, message] of cases) {
    const reply = await server.send('PATCH', `${path}/a${query}`, { body, type: type! });
    const text = textOf(reply.json['message']);
    if (typeof message === 'string') assert.equal(text, message);
    else assert.match(text, message);
    assert.equal(reply.status, code, text);
  }
  const missing = await server.send('PATCH', `${path}/none`, { body: {}, type: merge! });
  assert.equal(missing.status, 404);
});

test('apply creates, merges by owner, and tells conflicts', async () => {
  await using server = await startTestServer({ resources });
  const send = (manager: string, data: object, force = false) =>
    server.send('PATCH', `${path}/a?fieldManager=${manager}&force=${force}`, { body: configMap('a', { data }), type: apply! });
  const made = await send('one', { k: '1', mine: 'x' });
  assert.equal(made.status, 201);
  const conflict = await send('two', { k: '2' });
  assert.equal(conflict.status, 409);
  assert.equal(conflict.json['message'], 'Apply failed with 1 conflict: conflict with "one": .data.k');
  assert.deepEqual(conflict.json['details']?.['causes'], [{ reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.k' }]);
  const forced = await send('two', { k: '2' }, true);
  assert.deepEqual(forced.json['data'], { k: '2', mine: 'x' });
  const withdrawn = await send('one', { k: '2' });
  assert.deepEqual(withdrawn.json['data'], { k: '2' }, 'what its owner no longer applies goes');
  const again = await send('one', { k: '2' });
  assert.equal(
    again.json['metadata']?.['resourceVersion'],
    withdrawn.json['metadata']?.['resourceVersion'],
    'an apply that changes nothing is not written',
  );
});

test('patches of many writers at once all arrive', async () => {
  await using server = await startTestServer({ resources });
  await server.send('POST', path, { body: configMap('a') });
  const keys = Array.from({ length: 20 }, (_, i) => `k${i}`);
  const replies = await Promise.all(keys.map((k) => server.send('PATCH', `${path}/a`, { type: merge!, body: { data: { [k]: 'v' } } })));
  assert.deepEqual([...new Set(replies.map((r) => r.status))], [200]);
  assert.equal(Object.keys((await server.send('GET', `${path}/a`)).json['data'] ?? {}).length, 20);
});

test('applies of many writers that find nothing make one object of all', async () => {
  await using server = await startTestServer({ resources });
  const keys = Array.from({ length: 10 }, (_, i) => `k${i}`);
  const replies = await Promise.all(
    keys.map((k) => server.send('PATCH', `${path}/a?fieldManager=${k}`, { type: apply!, body: configMap('a', { data: { [k]: 'v' } }) })),
  );
  assert.deepEqual(
    replies.map((r) => r.status).sort((a, b) => a - b),
    [...Array.from({ length: 9 }, () => 200), 201],
  );
  assert.equal(Object.keys((await server.send('GET', `${path}/a`)).json['data'] ?? {}).length, 10);
});
