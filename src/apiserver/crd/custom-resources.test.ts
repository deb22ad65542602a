import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listOf, startTestServer, type TestServer, textOf } from '../test-support/test-server.ts';

const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const tabs = '/apis/stable.example.com/v1/namespaces/default/crontabs';

const schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['cronSpec'],
      properties: {
        cronSpec: { type: 'string', pattern: '^\\S+ \\S+$' },
        image: { type: 'string', default: 'nginx' },
        replicas: { type: 'integer', minimum: 1, maximum: 10 },
        mode: { type: 'string', enum: ['A', 'B'] },
      },
    },
    status: { type: 'object', properties: { replicas: { type: 'integer' } } },
  },
};

const definition = {
  kind: 'CustomResourceDefinition',
  apiVersion: 'apiextensions.k8s.io/v1',
  metadata: { name: 'crontabs.stable.example.com' },
  spec: {
    group: 'stable.example.com',
    scope: 'Namespaced',
    names: { plural: 'crontabs', singular: 'crontab', kind: 'CronTab', listKind: 'CronTabList', shortNames: ['ct'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: schema },
        subresources: { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } },
        additionalPrinterColumns: [{ name: 'Spec', type: 'string', jsonPath: '.spec.cronSpec' }],
      },
      { name: 'v2', served: true, storage: false, schema: { openAPIV3Schema: schema } },
    ],
  },
};

const tab = (name: string, spec: object) => ({ kind: 'CronTab', apiVersion: 'stable.example.com/v1', metadata: { name }, spec });

/** Waits, a turn at a time, for what the server does by itself. */
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (await holds()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.fail(`${what} did not come about`);
}

async function withDefinition(server: TestServer): Promise<void> {
  const made = await server.send('POST', crds, { body: definition });
  assert.equal(made.status, 201, made.text);
  await until('the resource', async () => (await server.send('GET', tabs)).status === 200);
}

test('a definition is accepted, established and served', async () => {
  await using server = await startTestServer();
  await withDefinition(server);
  await until('the condition', async () => {
    const got = await server.send('GET', `${crds}/crontabs.stable.example.com`);
    const conditions = got.json['status']?.['conditions'];
    return conditions !== undefined && listOf(conditions).some((c) => textOf(c['type']) === 'Established' && textOf(c['status']) === 'True');
  });
  const group = await server.send('GET', '/apis/stable.example.com/v1');
  assert.deepEqual(
    listOf(group.json['resources']).map((r) => r['name']),
    ['crontabs', 'crontabs/scale', 'crontabs/status'],
  );
  const index = await server.send('GET', '/openapi/v3');
  assert.ok(index.json['paths']?.['apis/stable.example.com/v1']);
});

test('objects are defaulted, pruned, validated and shown by the definition', async () => {
  await using server = await startTestServer();
  await withDefinition(server);
  const made = await server.send('POST', tabs, { body: tab('a', { cronSpec: '* *', replicas: 2, nosuch: 1 }) });
  assert.equal(made.status, 201, made.text);
  assert.deepEqual(made.json['spec'], { cronSpec: '* *', image: 'nginx', replicas: 2 });
  assert.equal(made.json['metadata']?.['generation'], 1);
  const bad = await server.send('POST', tabs, { body: tab('b', { cronSpec: 'x', replicas: 20, mode: 'C' }) });
  assert.equal(bad.status, 422);
  assert.deepEqual(
    listOf(bad.json['details']?.['causes']).map((c) => `${textOf(c['field'])}: ${textOf(c['message'])}`),
    [
      'spec.cronSpec: Invalid value: "x": spec.cronSpec in body should match \'^\\S+ \\S+$\'',
      'spec.replicas: Invalid value: 20: spec.replicas in body should be less than or equal to 10',
      'spec.mode: Unsupported value: "C": supported values: "A", "B"',
    ],
  );
  const wrongType = await server.send('POST', tabs, { body: tab('b', { cronSpec: '* *', replicas: 'two' }) });
  assert.equal(
    wrongType.json['message'],
    'CronTab.stable.example.com "b" is invalid: spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string"',
  );
  const missing = await server.send('POST', tabs, { body: tab('b', {}) });
  assert.equal(missing.json['message'], 'CronTab.stable.example.com "b" is invalid: spec.cronSpec: Required value');
  const table = await server.send('GET', tabs, { headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } });
  assert.deepEqual(listOf(table.json['rows'])[0]?.['cells'], ['a', '* *']);
});

test('status, scale, generation and versions work as for built-in kinds', async () => {
  await using server = await startTestServer();
  await withDefinition(server);
  await server.send('POST', tabs, { body: { ...tab('a', { cronSpec: '* *', replicas: 1 }), status: { replicas: 5 } } });
  const merge = 'application/merge-patch+json';
  const status = await server.send('PATCH', `${tabs}/a/status`, { type: merge, body: { status: { replicas: 1 }, spec: { replicas: 9 } } });
  assert.deepEqual([status.json['status'], status.json['spec']?.['replicas'], status.json['metadata']?.['generation']], [{ replicas: 1 }, 1, 1]);
  const scaled = await server.send('PATCH', `${tabs}/a/scale`, { type: merge, body: { spec: { replicas: 3 } } });
  assert.deepEqual([scaled.json['kind'], scaled.json['spec']], ['Scale', { replicas: 3 }]);
  const other = await server.send('GET', '/apis/stable.example.com/v2/namespaces/default/crontabs/a');
  assert.deepEqual(
    [other.json['apiVersion'], other.json['spec']?.['replicas'], other.json['metadata']?.['generation']],
    ['stable.example.com/v2', 3, 2],
  );
  const blind = await server.send('PUT', `${tabs}/a`, { body: tab('a', { cronSpec: '* *' }) });
  assert.match(textOf(blind.json['message']), /metadata.resourceVersion: Invalid value: 0: must be specified for an update$/);
  const strategic = await server.send('PATCH', `${tabs}/a`, { type: 'application/strategic-merge-patch+json', body: {} });
  assert.equal(strategic.status, 415);
  const applied = await server.send('PATCH', `${tabs}/b?fieldManager=m`, {
    type: 'application/apply-patch+yaml',
    body: tab('b', { cronSpec: '* *' }),
  });
  assert.equal(applied.status, 201, applied.text);
});

test('a definition that goes takes its objects with it', async () => {
  await using server = await startTestServer();
  await withDefinition(server);
  await server.send('POST', tabs, { body: tab('a', { cronSpec: '* *' }) });
  await until(
    'the finalizer',
    async () => (await server.send('GET', `${crds}/crontabs.stable.example.com`)).json['metadata']?.['finalizers'] !== undefined,
  );
  await server.send('DELETE', `${crds}/crontabs.stable.example.com`);
  await until('its end', async () => (await server.send('GET', `${crds}/crontabs.stable.example.com`)).status === 404);
  await until('the end of the resource', async () => (await server.send('GET', tabs)).status === 404);
  await withDefinition(server);
  assert.deepEqual((await server.send('GET', tabs)).json['items'], []);
});
