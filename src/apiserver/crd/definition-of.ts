import type {
  Cell,
  Column,
  CustomResourceDefinition,
  RequestContext,
  ResourceDefinition,
  ResourceVersion,
  ScalePaths,
  Subresource,
} from '../../api/index.ts';
import { type Draft, equalJson, type FieldError, isJsonObject, type Json, type KubeObject } from '../../apimachinery/index.ts';
import { evaluate, parseJsonPath } from './json-path.ts';
import { type JsonSchema, rootSchema } from './structural.ts';
import { validateValue } from './validate-value.ts';

type CrdVersion = CustomResourceDefinition['spec']['versions'][number];
type WithStatus = { status?: Json };

const statusVerbs = ['get', 'patch', 'update'];

/** The schema a version declares, as JSON. */
export function declaredSchema(version: CrdVersion): JsonSchema | undefined {
  return version.schema?.openAPIV3Schema as JsonSchema | undefined;
}

function cellOf(type: string, value: Json | undefined): Cell {
  if (value === undefined || value === null) return null;
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return typeof value === 'string' ? { ageOf: value } : null;
    default:
      return typeof value === 'string' ? value : JSON.stringify(value);
  }
}

const nameColumn: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name must be unique within a namespace.',
  value: (o) => o.metadata?.name ?? '',
};
const ageColumn: Column = {
  name: 'Age',
  type: 'date',
  description: 'When the object was created.',
  value: (o) => ({ ageOf: o.metadata?.creationTimestamp }),
};

function columnsOf(version: CrdVersion): readonly Column[] {
  const declared = version.additionalPrinterColumns ?? [];
  if (declared.length === 0) return [nameColumn, ageColumn];
  const columns = declared.map((c): Column => {
    const path = parseJsonPath(c.jsonPath);
    return {
      name: c.name,
      type: c.type as Column['type'],
      format: c.format ?? '',
      description: c.description ?? '',
      priority: c.priority ?? 0,
      value: (o) => (path ? cellOf(c.type, evaluate(path, o as Json)[0]) : null),
    };
  });
  return [nameColumn, ...columns];
}

const withoutDot = (path: string) => path.replace(/^\./, '');

function scaleOf(version: CrdVersion): ScalePaths | undefined {
  const scale = version.subresources?.scale;
  if (!scale) return undefined;
  return {
    specReplicas: withoutDot(scale.specReplicasPath),
    statusReplicas: withoutDot(scale.statusReplicasPath),
    ...(scale.labelSelectorPath ? { selector: withoutDot(scale.labelSelectorPath) } : {}),
  };
}

function selectableFields(versions: readonly CrdVersion[]): ResourceDefinition['selectableFields'] {
  const fields: Record<string, (obj: KubeObject) => string> = {};
  for (const { jsonPath } of versions.flatMap((v) => v.selectableFields ?? [])) {
    const path = parseJsonPath(jsonPath);
    if (!path) continue;
    fields[withoutDot(jsonPath)] = (o) => {
      const [value] = evaluate(path, o as Json);
      return value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
    };
  }
  return fields;
}

/** All but metadata, and but status where that is a subresource: what counts for `metadata.generation`. */
function contentOf(object: KubeObject, hasStatus: boolean): Json {
  const { metadata: _metadata, apiVersion: _apiVersion, kind: _kind, ...rest } = object as KubeObject & WithStatus;
  if (!hasStatus) return rest as Json;
  const { status: _status, ...content } = rest as WithStatus;
  return content as Json;
}

/** The rules that all custom resources follow. */
function strategyOf(versions: readonly CrdVersion[], hasStatus: boolean): ResourceDefinition['strategy'] {
  const schemas = new Map(versions.map((v) => [v.name, declaredSchema(v)]));
  const validate = (obj: KubeObject): readonly FieldError[] => {
    const schema = schemas.get(obj.apiVersion?.split('/').at(-1) ?? '');
    return schema ? validateValue(obj as Json, schema) : [];
  };
  return {
    allowUnconditionalUpdate: false,
    prepareForCreate(obj) {
      obj.metadata!.generation = 1;
      if (hasStatus) delete (obj as WithStatus).status;
    },
    prepareForUpdate(obj: Draft<KubeObject>, old: KubeObject, ctx: RequestContext) {
      const target = obj as Draft<KubeObject> & WithStatus;
      const { status } = old as WithStatus;
      if (ctx.subresource === 'status') {
        onlyStatus(target, old);
        return;
      }
      if (hasStatus) {
        if (status === undefined) delete target.status;
        else target.status = status;
      }
      if (!equalJson(contentOf(target, hasStatus), contentOf(old, hasStatus))) obj.metadata!.generation = (old.metadata?.generation ?? 0) + 1;
    },
    validate,
    validateUpdate: (obj) => validate(obj),
  };
}

/** Writes through `/status` change the status, and who owns which field, and nothing else. */
function onlyStatus(target: Draft<KubeObject> & WithStatus, old: KubeObject): void {
  const { status } = target;
  const { managedFields, resourceVersion } = target.metadata ?? {};
  for (const key of Object.keys(target)) delete (target as Record<string, unknown>)[key];
  Object.assign(target, old);
  const metadata = { ...old.metadata } as Draft<NonNullable<KubeObject['metadata']>>;
  if (managedFields) metadata.managedFields = managedFields;
  if (resourceVersion !== undefined) metadata.resourceVersion = resourceVersion;
  target.metadata = metadata;
  if (status === undefined) delete target.status;
  else target.status = status;
}

function versionOf(crd: CustomResourceDefinition, version: CrdVersion): ResourceVersion {
  const { group } = crd.spec;
  const warning = version.deprecationWarning ?? `${group}/${version.name} ${crd.spec.names.kind} is deprecated`;
  const apiVersion = (name: string) => `${group}/${name}`;
  const isStorage = version.storage;
  const storageName = crd.spec.versions.find((v) => v.storage)?.name ?? version.name;
  return {
    version: version.name,
    served: version.served,
    schema: rootSchema(declaredSchema(version)),
    columns: columnsOf(version),
    ...(version.deprecated ? { deprecationWarning: warning } : {}),
    // Conversion None: only the apiVersion changes.
    ...(isStorage
      ? {}
      : {
          toStorage: (o: KubeObject) => ({ ...o, apiVersion: apiVersion(storageName) }),
          fromStorage: (o: KubeObject) => ({ ...o, apiVersion: apiVersion(version.name) }),
        }),
  };
}

/** The resource that a CustomResourceDefinition defines; undefined when it names no storage version. */
export function definitionOf(crd: CustomResourceDefinition): ResourceDefinition | undefined {
  const { spec } = crd;
  const names = crd.status?.acceptedNames?.kind ? crd.status.acceptedNames : spec.names;
  const storage = spec.versions.find((v) => v.storage);
  if (!storage) return undefined;
  const hasStatus = storage.subresources?.status !== undefined;
  const scale = scaleOf(storage);
  const own = { group: spec.group, version: storage.name, kind: names.kind };
  const subresources: Subresource[] = [];
  if (scale) subresources.push({ name: 'scale', verbs: statusVerbs, kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' } });
  if (hasStatus) subresources.push({ name: 'status', verbs: statusVerbs, kind: own });
  return {
    group: spec.group,
    kind: names.kind,
    listKind: names.listKind ?? `${names.kind}List`,
    plural: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    scope: spec.scope === 'Cluster' ? 'Cluster' : 'Namespaced',
    verbs: ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'],
    versions: spec.versions.map((v) => versionOf(crd, v)),
    storageVersion: storage.name,
    strategy: strategyOf(spec.versions, hasStatus),
    subresources,
    ...(scale ? { scale } : {}),
    selectableFields: selectableFields(spec.versions),
  };
}

/** The schemas as OpenAPI shows them, by version. */
export function rawSchemasOf(crd: CustomResourceDefinition): Readonly<Record<string, Json>> {
  const raw: Record<string, Json> = {};
  for (const version of crd.spec.versions) {
    const schema = declaredSchema(version);
    if (isJsonObject(schema)) raw[version.name] = schema as Json;
  }
  return raw;
}
