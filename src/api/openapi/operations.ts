import { schemaOf } from '../builtin-schemas.ts';
import type { ResourceDefinition, Subresource } from '../definition.ts';
import type { Doc, Flavor, Gvk, SchemaCollector } from './schemas.ts';

/** A resource at one of its versions, with the references its operations need. */
export interface ServedResource {
  readonly definition: ResourceDefinition;
  readonly version: string;
  /** Its kind's and its list's definitions, already collected. */
  readonly kind: Doc;
  readonly list: Doc;
  readonly isCustom: boolean;
}

interface Parameter {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean';
  readonly description: string;
  readonly in?: 'path';
}

interface Operation {
  readonly method: 'get' | 'put' | 'post' | 'delete' | 'patch';
  readonly action: string;
  readonly id: string;
  readonly about: string;
  readonly gvk: Gvk;
  readonly parameters: readonly Parameter[];
  readonly body?: Doc;
  readonly bodyTypes?: readonly string[];
  readonly codes: readonly number[];
  readonly reply: Doc | undefined;
}

const query = (name: string, type: Parameter['type'], description: string): Parameter => ({ name, type, description });
const pretty = query('pretty', 'string', 'If true, the reply is indented.');
const dryRun = query('dryRun', 'string', 'With All, everything is done but the change is not kept.');
const fieldManager = query('fieldManager', 'string', 'Name of the actor that makes this change, at most 128 characters.');
const fieldValidation = query('fieldValidation', 'string', 'What happens to unknown and duplicate fields: Ignore, Warn (the default) or Strict.');
const force = query('force', 'boolean', 'Apply takes over fields that others own.');
const listParameters: readonly Parameter[] = [
  query('allowWatchBookmarks', 'boolean', 'The watch may carry BOOKMARK events.'),
  query('continue', 'string', 'Token of the previous page.'),
  query('fieldSelector', 'string', 'Restricts the list by fields.'),
  query('labelSelector', 'string', 'Restricts the list by labels.'),
  query('limit', 'integer', 'Most items of a page.'),
  query('resourceVersion', 'string', 'The version from which to read.'),
  query('resourceVersionMatch', 'string', 'How resourceVersion is meant: Exact or NotOlderThan.'),
  query('sendInitialEvents', 'boolean', 'The watch begins with the objects that exist.'),
  query('timeoutSeconds', 'integer', 'How long the call may last.'),
  query('watch', 'boolean', 'Changes are sent as they happen.'),
];
const deleteParameters: readonly Parameter[] = [
  dryRun,
  query('gracePeriodSeconds', 'integer', 'Seconds before the object is removed; zero means at once.'),
  query('ignoreStoreReadErrorWithClusterBreakingPotential', 'boolean', 'An object that cannot be read is deleted all the same.'),
  query('orphanDependents', 'boolean', 'Deprecated: use propagationPolicy.'),
  query('propagationPolicy', 'string', 'What happens to dependents: Orphan, Background or Foreground.'),
];
const writeParameters = [dryRun, fieldManager, fieldValidation];
const patchTypes = ['application/apply-patch+yaml', 'application/json-patch+json', 'application/merge-patch+json'];
const strategic = 'application/strategic-merge-patch+json';

function pascal(words: string): string {
  return words
    .split(/[.-]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** `CoreV1`, `RbacAuthorizationV1`: how operation ids name a group version. */
function groupId(group: string, version: string): string {
  return (group === '' ? 'Core' : pascal(group.replace(/\.k8s\.io$/, ''))) + pascal(version);
}

function groupPath(group: string, version: string): string {
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
}

/** All paths of a resource, in the document's flavor. */
export function pathsOf(resource: ServedResource, collector: SchemaCollector, flavor: Flavor): Doc {
  const { definition: d, version } = resource;
  const isNamespaced = d.scope === 'Namespaced';
  const base = `${groupPath(d.group, version)}${isNamespaced ? '/namespaces/{namespace}' : ''}/${d.plural}`;
  const paths: Doc = {};
  const put = (path: string, operations: readonly Operation[], names: readonly string[]) => {
    if (operations.length === 0) return;
    const shared = names.map((name): Parameter => ({
      name,
      type: 'string',
      in: 'path',
      description: name === 'name' ? `name of the ${d.kind}` : 'object name and auth scope, such as for teams and projects',
    }));
    const item: Doc = { parameters: [...shared, pretty].map((p) => parameter(p, flavor)) };
    for (const operation of operations) item[operation.method] = render(operation, resource, flavor);
    paths[path] = item;
  };
  const scope = isNamespaced ? ['namespace'] : [];
  put(base, collectionOperations(resource, collector), scope);
  put(`${base}/{name}`, objectOperations(resource, collector), ['name', ...scope]);
  if (isNamespaced && d.verbs.includes('list')) {
    const list = listOperation(resource);
    put(`${groupPath(d.group, version)}/${d.plural}`, [{ ...list, id: `list${groupId(d.group, version)}${d.kind}ForAllNamespaces` }], []);
  }
  for (const sub of d.subresources) put(`${base}/{name}/${sub.name}`, subresourceOperations(resource, sub, collector), ['name', ...scope]);
  return paths;
}

function idOf(resource: ServedResource, verb: string, suffix = ''): string {
  const { definition: d, version } = resource;
  return `${verb}${groupId(d.group, version)}${d.scope === 'Namespaced' ? 'Namespaced' : ''}${d.kind}${suffix}`;
}

function gvkOf(resource: ServedResource): Gvk {
  return { group: resource.definition.group, version: resource.version, kind: resource.definition.kind };
}

function listOperation(resource: ServedResource): Operation {
  return {
    method: 'get',
    action: 'list',
    id: idOf(resource, 'list'),
    about: `list or watch objects of kind ${resource.definition.kind}`,
    gvk: gvkOf(resource),
    parameters: listParameters,
    codes: [200],
    reply: resource.list,
  };
}

function collectionOperations(resource: ServedResource, collector: SchemaCollector): Operation[] {
  const { definition: d } = resource;
  const gvk = gvkOf(resource);
  const result: Operation[] = [];
  if (d.verbs.includes('list')) result.push(listOperation(resource));
  if (d.verbs.includes('create')) {
    const id = idOf(resource, 'create');
    result.push({
      method: 'post',
      action: 'post',
      id,
      about: `create a ${d.kind}`,
      gvk,
      parameters: writeParameters,
      body: resource.kind,
      codes: [200, 201, 202],
      reply: resource.kind,
    });
  }
  if (d.verbs.includes('deletecollection')) {
    result.push({
      method: 'delete',
      action: 'deletecollection',
      id: `delete${groupId(d.group, resource.version)}Collection${d.scope === 'Namespaced' ? 'Namespaced' : ''}${d.kind}`,
      about: `delete collection of ${d.kind}`,
      gvk,
      parameters: [...deleteParameters, ...listParameters.filter((p) => p.name !== 'watch' && p.name !== 'allowWatchBookmarks')],
      body: collector.ref(schemaOf('meta.k8s.io', 'v1', 'DeleteOptions')),
      codes: [200],
      reply: collector.ref(schemaOf('meta.k8s.io', 'v1', 'Status')),
    });
  }
  return result;
}

function patchOperation(resource: ServedResource, collector: SchemaCollector, more: Pick<Operation, 'id' | 'about' | 'gvk' | 'reply'>): Operation {
  return {
    ...more,
    method: 'patch',
    action: 'patch',
    parameters: [...writeParameters, force],
    body: collector.patch(),
    bodyTypes: resource.isCustom ? patchTypes : [...patchTypes, strategic],
    codes: [200, 201],
  };
}

function objectOperations(resource: ServedResource, collector: SchemaCollector): Operation[] {
  const { definition: d } = resource;
  const gvk = gvkOf(resource);
  const result: Operation[] = [];
  const { kind: reply } = resource;
  if (d.verbs.includes('get')) {
    result.push({
      method: 'get',
      action: 'get',
      id: idOf(resource, 'read'),
      about: `read the specified ${d.kind}`,
      gvk,
      parameters: [],
      codes: [200],
      reply,
    });
  }
  if (d.verbs.includes('update')) {
    const id = idOf(resource, 'replace');
    result.push({
      method: 'put',
      action: 'put',
      id,
      about: `replace the specified ${d.kind}`,
      gvk,
      parameters: writeParameters,
      body: reply,
      codes: [200, 201],
      reply,
    });
  }
  if (d.verbs.includes('patch')) {
    result.push(patchOperation(resource, collector, { id: idOf(resource, 'patch'), about: `partially update the specified ${d.kind}`, gvk, reply }));
  }
  if (d.verbs.includes('delete')) {
    result.push({
      method: 'delete',
      action: 'delete',
      id: idOf(resource, 'delete'),
      about: `delete a ${d.kind}`,
      gvk,
      parameters: deleteParameters,
      body: collector.ref(schemaOf('meta.k8s.io', 'v1', 'DeleteOptions')),
      codes: [200, 202],
      reply: collector.ref(schemaOf('meta.k8s.io', 'v1', 'Status')),
    });
  }
  return result;
}

/** exec, attach, portforward and proxy are connected to, not read. */
const connects: ReadonlySet<string> = new Set(['attach', 'exec', 'portforward', 'proxy']);
const methods: Readonly<Record<string, Operation['method'] | undefined>> = {
  get: 'get',
  create: 'post',
  update: 'put',
  patch: 'patch',
  delete: 'delete',
};
const idVerbs: Readonly<Record<string, string>> = { get: 'read', create: 'create', update: 'replace', patch: 'patch', delete: 'delete' };

function subresourceOperations(resource: ServedResource, sub: Subresource, collector: SchemaCollector): Operation[] {
  const { definition: d } = resource;
  const isConnect = connects.has(sub.name);
  const isOwn = sub.kind.kind === d.kind && sub.kind.group === d.group;
  const gvk: Gvk = isOwn ? gvkOf(resource) : { group: sub.kind.group, version: sub.kind.version, kind: sub.kind.kind };
  const isText = isConnect || sub.name === 'log';
  const reply = isText ? undefined : isOwn ? resource.kind : collector.ref(schemaOf(gvk.group, gvk.version, gvk.kind));
  return sub.verbs.flatMap((verb): Operation[] => {
    const method = methods[verb];
    if (!method) return [];
    const id = isConnect ? idOf(resource, `connect${pascal(method)}`, pascal(sub.name)) : idOf(resource, idVerbs[verb]!, pascal(sub.name));
    const about = isConnect
      ? `connect ${method.toUpperCase()} requests to ${sub.name} of ${d.kind}`
      : `${idVerbs[verb]!} ${sub.name} of the specified ${d.kind}`;
    if (method === 'patch' && !isConnect) return [patchOperation(resource, collector, { id, about, gvk, reply })];
    const takesBody = !isConnect && reply !== undefined && (method === 'post' || method === 'put');
    return [
      {
        method,
        action: isConnect ? 'connect' : method,
        id,
        about,
        gvk,
        parameters: takesBody ? writeParameters : [],
        ...(takesBody ? { body: reply } : {}),
        codes: method === 'post' && !isConnect ? [200, 201, 202] : method === 'put' && !isConnect ? [200, 201] : [200],
        reply,
      },
    ];
  });
}

function parameter(p: Parameter, flavor: Flavor): Doc {
  const place = { name: p.name, in: p.in ?? 'query', description: p.description, ...(p.in ? { required: true } : {}) };
  return flavor === 2 ? { ...place, type: p.type, uniqueItems: true } : { ...place, schema: { type: p.type, uniqueItems: true } };
}

const codeTexts: Readonly<Record<number, string>> = { 200: 'OK', 201: 'Created', 202: 'Accepted' };

function render(operation: Operation, resource: ServedResource, flavor: Flavor): Doc {
  const mediaTypes = ['application/json', 'application/yaml', ...(resource.isCustom ? [] : ['application/vnd.kubernetes.protobuf'])];
  const watchTypes =
    operation.action === 'list'
      ? ['application/json;stream=watch', ...(resource.isCustom ? [] : ['application/vnd.kubernetes.protobuf;stream=watch'])]
      : [];
  const produces = operation.reply ? [...mediaTypes, ...watchTypes] : ['*/*'];
  const consumes = operation.bodyTypes ?? ['*/*'];
  const group = groupId(resource.definition.group, resource.version);
  const head = {
    description: operation.about,
    operationId: operation.id,
    tags: [group.charAt(0).toLowerCase() + group.slice(1).replace(/V(\d)/, '_v$1')],
  };
  const tail = {
    'x-kubernetes-action': operation.action,
    'x-kubernetes-group-version-kind': { group: operation.gvk.group, kind: operation.gvk.kind, version: operation.gvk.version },
  };
  const parameters = operation.parameters.map((p) => parameter(p, flavor));
  const isRequired = operation.method !== 'delete';
  if (flavor === 2) {
    const body = operation.body ? [{ name: 'body', in: 'body', ...(isRequired ? { required: true } : {}), schema: operation.body }] : [];
    const responses = operation.codes.map((code) => [String(code), { description: codeTexts[code], schema: operation.reply ?? { type: 'string' } }]);
    return {
      ...head,
      consumes,
      produces,
      schemes: ['https'],
      parameters: [...body, ...parameters],
      responses: Object.fromEntries([...responses, ['401', { description: 'Unauthorized' }]]),
      ...tail,
    };
  }
  const content = (types: readonly string[], schema: Doc) => Object.fromEntries(types.map((type) => [type, { schema }]));
  const responses = operation.codes.map((code) => [
    String(code),
    { description: codeTexts[code], content: content(produces, operation.reply ?? { type: 'string' }) },
  ]);
  return {
    ...head,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(operation.body ? { requestBody: { content: content(consumes, operation.body), ...(isRequired ? { required: true } : {}) } } : {}),
    responses: Object.fromEntries([...responses, ['401', { description: 'Unauthorized' }]]),
    ...tail,
  };
}
