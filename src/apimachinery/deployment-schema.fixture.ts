import type { FieldSchema, ListSchema, ObjectSchema, Schema } from './schema.ts';

const string: Schema = { kind: 'string' };
const int: Schema = { kind: 'int32' };

type FieldOptions = Partial<Omit<FieldSchema, 'name' | 'schema'>>;

function struct(
  name: string,
  fields: Readonly<Record<string, Schema | readonly [Schema, FieldOptions]>>,
  more: Partial<ObjectSchema> = {},
): ObjectSchema {
  const entries = Object.entries(fields).map(([field, given]): [string, FieldSchema] => {
    const [schema, options] = 'kind' in given ? [given, {}] : given;
    return [field, { name: field, schema, required: false, ...options }];
  });
  return { kind: 'object', name, fields: new Map(entries), ...more };
}

const listOf = (items: Schema, keys: readonly string[]): ListSchema => ({ kind: 'list', items, listType: 'map', listMapKeys: keys });
const strings: Schema = { kind: 'map', values: string };
const meta = struct('ObjectMeta', {
  name: string,
  namespace: string,
  resourceVersion: string,
  labels: strings,
  annotations: strings,
  finalizers: [{ kind: 'list', items: string, listType: 'set' }, { patchStrategy: 'merge' }],
});
const port = struct('ContainerPort', { name: string, containerPort: [int, { required: true }], protocol: [string, { default: 'TCP' }] });
const container = struct('Container', {
  name: [string, { required: true }],
  image: string,
  command: { kind: 'list', items: string, listType: 'atomic' },
  ports: [listOf(port, ['containerPort', 'protocol']), { patchStrategy: 'merge', patchMergeKey: 'containerPort' }],
  resources: struct('Resources', { limits: { kind: 'map', values: { kind: 'quantity' } } }),
});
const podSpec = struct('PodSpec', {
  containers: [listOf(container, ['name']), { required: true, patchStrategy: 'merge', patchMergeKey: 'name' }],
  securityContext: [struct('PodSecurityContext', { runAsUser: int }), { pointer: true }],
  nodeSelector: { kind: 'map', values: string, atomic: true },
});
const strategy = struct('DeploymentStrategy', { type: string, rollingUpdate: [struct('RollingUpdate', { maxSurge: string }), { pointer: true }] });

/** A small Deployment with each of the topologies that the real one has. */
export const deploymentSchema: ObjectSchema = struct('Deployment', {
  kind: string,
  apiVersion: string,
  metadata: meta,
  spec: struct('DeploymentSpec', {
    replicas: [int, { pointer: true }],
    selector: [struct('LabelSelector', { matchLabels: strings }, { atomic: true }), { required: true, pointer: true }],
    template: struct('PodTemplateSpec', { metadata: meta, spec: podSpec }),
    strategy: [strategy, { patchStrategy: 'retainKeys' }],
  }),
  status: struct('DeploymentStatus', { replicas: int }),
});
