import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObjectSchema } from '../../apimachinery/index.ts';
import { schemaOf } from '../builtin-schemas.ts';
import type { ResourceDefinition, Subresource } from '../definition.ts';
import { joinDescriptions } from './descriptions.ts';
import { type OpenApiResource, openApiV2, openApiV3, openApiV3Path, servedGroupVersions } from './documents.ts';
import { readDescriptions } from './load-descriptions.ts';
import { encodeOpenApiV2 } from './v2-protobuf.ts';

const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

function definition(
  group: string,
  kind: string,
  plural: string,
  more: Partial<ResourceDefinition> & { readonly schema: ObjectSchema },
): ResourceDefinition {
  return {
    group,
    kind,
    listKind: `${kind}List`,
    plural,
    singular: kind.toLowerCase(),
    shortNames: [],
    categories: [],
    scope: 'Namespaced',
    verbs: allVerbs,
    versions: [{ version: 'v1', served: true, schema: more.schema, columns: [] }],
    storageVersion: 'v1',
    strategy: {},
    subresources: [],
    selectableFields: {},
    ...more,
  };
}

const sub = (name: string, verbs: readonly string[], group: string, kind: string): Subresource => ({
  name,
  verbs,
  kind: { group, version: 'v1', kind },
});
const resources: readonly OpenApiResource[] = [
  {
    definition: definition('', 'Pod', 'pods', {
      schema: schemaOf('', 'v1', 'Pod'),
      subresources: [
        sub('status', ['get', 'patch', 'update'], '', 'Pod'),
        sub('eviction', ['create'], 'policy', 'Eviction'),
        sub('log', ['get'], '', 'Pod'),
        sub('exec', ['create', 'get'], '', 'PodExecOptions'),
      ],
    }),
  },
  {
    definition: definition('apps', 'Deployment', 'deployments', {
      schema: schemaOf('apps', 'v1', 'Deployment'),
      subresources: [sub('scale', ['get', 'patch', 'update'], 'autoscaling', 'Scale')],
    }),
  },
  { definition: definition('', 'Node', 'nodes', { schema: schemaOf('', 'v1', 'Node'), scope: 'Cluster' }) },
  {
    definition: definition('stable.example.com', 'CronTab', 'crontabs', { schema: { kind: 'object', name: '', fields: new Map() } }),
    rawSchemas: {
      v1: {
        type: 'object',
        description: 'Runs things.',
        properties: {
          spec: {
            type: 'object',
            properties: { size: { 'x-kubernetes-int-or-string': true, anyOf: [] }, maybe: { type: 'string', nullable: true } },
          },
        },
      },
    },
  },
];
const options = { serverVersion: 'v1.36.0' };

/** A member of a JSON document by its path. */
function at(doc: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce((value, key) => (value as Record<string | number, unknown> | undefined)?.[key], doc);
}

const core = openApiV3(resources, '', 'v1', options);
const schemas = ['components', 'schemas'] as const;
const v2 = openApiV2(resources, options);

test('a container is described as strategic merge and apply need it', () => {
  const container = ['components', 'schemas', 'io.k8s.api.core.v1.Container'] as const;
  assert.deepEqual(at(core, ...container, 'required'), ['name']);
  assert.deepEqual(at(core, ...container, 'properties', 'ports'), {
    type: 'array',
    items: { allOf: [{ $ref: '#/components/schemas/io.k8s.api.core.v1.ContainerPort' }], default: {} },
    'x-kubernetes-list-map-keys': ['containerPort', 'protocol'],
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-patch-strategy': 'merge',
    'x-kubernetes-patch-merge-key': 'containerPort',
  });
  assert.deepEqual(at(core, ...container, 'properties', 'name'), { type: 'string', default: '' });
  assert.deepEqual(at(core, ...schemas, 'io.k8s.api.core.v1.ContainerPort', 'properties', 'protocol'), {
    type: 'string',
    enum: ['SCTP', 'TCP', 'UDP'],
    default: 'TCP',
  });
  assert.equal(at(core, ...schemas, 'io.k8s.api.core.v1.SecretKeySelector', 'x-kubernetes-map-type'), 'atomic');
});

test('kinds carry their group, version and kind', () => {
  const gvk = (doc: unknown, name: string) => at(doc, ...schemas, name, 'x-kubernetes-group-version-kind');
  assert.deepEqual(gvk(core, 'io.k8s.api.core.v1.Pod'), [{ group: '', version: 'v1', kind: 'Pod' }]);
  assert.deepEqual(gvk(core, 'io.k8s.apimachinery.pkg.apis.meta.v1.Status'), [{ group: '', version: 'v1', kind: 'Status' }]);
  assert.equal(gvk(core, 'io.k8s.api.core.v1.Container'), undefined);
  assert.deepEqual(at(v2, 'definitions', 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions', 'x-kubernetes-group-version-kind', 2), {
    group: 'stable.example.com',
    kind: 'DeleteOptions',
    version: 'v1',
  });
});

test('every reference has a definition', () => {
  const check = (doc: unknown, defined: Record<string, unknown>) => {
    for (const [, name] of JSON.stringify(doc).matchAll(/"\$ref":"#\/(?:components\/schemas|definitions)\/([^"]+)"/g))
      assert.ok(defined[name!], String(name));
  };
  for (const { group, version } of servedGroupVersions(resources)) {
    const doc = openApiV3(resources, group, version, options);
    check(doc, at(doc, ...schemas) as Record<string, unknown>);
  }
  check(v2, v2['definitions'] as Record<string, unknown>);
});

test('operations say their action and kind, and take fieldValidation', () => {
  const pods = at(core, 'paths', '/api/v1/namespaces/{namespace}/pods/{name}');
  const patch = at(pods, 'patch');
  assert.equal(at(patch, 'operationId'), 'patchCoreV1NamespacedPod');
  assert.equal(at(patch, 'x-kubernetes-action'), 'patch');
  assert.deepEqual(at(patch, 'x-kubernetes-group-version-kind'), { group: '', kind: 'Pod', version: 'v1' });
  assert.ok((at(patch, 'parameters') as { name: string; in: string }[]).some((p) => p.name === 'fieldValidation' && p.in === 'query'));
  assert.ok(Object.keys(at(patch, 'requestBody', 'content') as object).includes('application/strategic-merge-patch+json'));
  assert.equal(at(core, 'paths', '/api/v1/namespaces/{namespace}/pods', 'delete', 'operationId'), 'deleteCoreV1CollectionNamespacedPod');
  assert.equal(at(core, 'paths', '/api/v1/pods', 'get', 'operationId'), 'listCoreV1PodForAllNamespaces');
  assert.equal(at(core, 'paths', '/api/v1/nodes/{name}', 'get', 'operationId'), 'readCoreV1Node');
});

test('subresources are of their own kinds; exec is connected to', () => {
  const name = '/api/v1/namespaces/{namespace}/pods/{name}';
  assert.deepEqual(at(core, 'paths', `${name}/eviction`, 'post', 'x-kubernetes-group-version-kind'), {
    group: 'policy',
    kind: 'Eviction',
    version: 'v1',
  });
  assert.equal(at(core, 'paths', `${name}/exec`, 'get', 'x-kubernetes-action'), 'connect');
  const apps = openApiV3(resources, 'apps', 'v1', options);
  assert.ok(at(apps, ...schemas, 'io.k8s.api.autoscaling.v1.Scale'));
  assert.equal(
    at(apps, 'paths', '/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale', 'put', 'operationId'),
    'replaceAppsV1NamespacedDeploymentScale',
  );
  assert.equal(at(apps, ...schemas, 'io.k8s.api.core.v1.Node'), undefined);
});

test('custom kinds: their own schema in v3, what v2 can say of it in v2', () => {
  const doc = openApiV3(resources, 'stable.example.com', 'v1', options);
  const name = 'com.example.stable.v1.CronTab';
  assert.equal(at(doc, ...schemas, name, 'description'), 'Runs things.');
  assert.deepEqual(at(doc, ...schemas, name, 'properties', 'spec', 'properties', 'maybe'), { type: 'string', nullable: true });
  assert.deepEqual(at(doc, ...schemas, name, 'properties', 'metadata', 'allOf'), [
    { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' },
  ]);
  assert.deepEqual(at(doc, ...schemas, `${name}List`, 'required'), ['items']);
  assert.deepEqual(at(v2, 'definitions', name, 'properties', 'spec', 'properties'), { size: { 'x-kubernetes-int-or-string': true }, maybe: {} });
  assert.equal(at(v2, 'definitions', name, 'properties', 'metadata', '$ref'), '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta');
  const patch = at(doc, 'paths', '/apis/stable.example.com/v1/namespaces/{namespace}/crontabs/{name}', 'patch', 'requestBody', 'content');
  assert.ok(!Object.keys(patch as object).includes('application/strategic-merge-patch+json'));
});

test('a small v2 document as protobuf, byte by byte', () => {
  const text = (value: string) => Buffer.concat([Buffer.of(value.length), Buffer.from(value)]);
  const field = (tag: readonly number[], ...inside: readonly Uint8Array[]) => {
    const body = Buffer.concat(inside);
    return Buffer.concat([Buffer.from(tag), Buffer.of(body.length), body]);
  };
  const extension = field([0xfa, 1], Buffer.of(0x0a), text('x-a'), field([0x12], Buffer.of(0x12), text('["b"]\n')));
  const schema = field([0x12], field([0xb2, 1], Buffer.of(0x0a), text('object')), extension);
  const definitions = field([0x4a], field([0x0a], Buffer.of(0x0a), text('A'), schema));
  const expected = Buffer.concat([Buffer.of(0x0a), text('2.0'), definitions]);
  assert.deepEqual(Buffer.from(encodeOpenApiV2({ swagger: '2.0', definitions: { A: { type: 'object', 'x-a': ['b'] } } })), expected);
});

test("descriptions are joined by name, and a field without one takes its type's", () => {
  const text =
    "/**\n* About ports.\n*/\nexport declare class V1ContainerPort {\n    /**\n    * It\\'s the \\\"port\\\".\n    */\n    'containerPort': number;\n    'hostIP'?: string;\n    static readonly discriminator: string;\n}\n";
  const descriptions = joinDescriptions(['io.k8s.api.core.v1.ContainerPort', 'io.k8s.api.core.v1.Nothing'], [{ name: 'V1ContainerPort', text }]);
  assert.deepEqual(descriptions, { 'io.k8s.api.core.v1.ContainerPort': { type: 'About ports.', fields: { containerPort: `It's the "port".` } } });
  const doc = openApiV3(resources, '', 'v1', { ...options, descriptions });
  assert.equal(at(doc, ...schemas, 'io.k8s.api.core.v1.ContainerPort', 'description'), 'About ports.');
  assert.equal(at(doc, ...schemas, 'io.k8s.api.core.v1.ContainerPort', 'properties', 'containerPort', 'description'), `It's the "port".`);
});

test('the development dependency describes nearly every type', async () => {
  const descriptions = await readDescriptions();
  assert.ok(descriptions);
  assert.ok(Object.keys(descriptions).length > 550, `${Object.keys(descriptions).length}`);
  assert.match(descriptions['io.k8s.api.core.v1.PodSpec']!.fields['containers']!, /^List of containers belonging to the pod/);
  assert.match(descriptions['io.k8s.api.events.v1.Event']!.type, /^Event is a report of an event/);
});

test('paths of the index', () => {
  assert.equal(openApiV3Path('', 'v1'), 'api/v1');
  assert.equal(openApiV3Path('apps', 'v1'), 'apis/apps/v1');
});
