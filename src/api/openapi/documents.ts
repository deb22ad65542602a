import { type Json, type ObjectSchema, apiVersionOf } from '../../apimachinery/index.ts';
import { findSchema, schemaOf } from '../builtin-schemas.ts';
import type { ResourceDefinition } from '../definition.ts';
import { customListSchema, customSchema, customTypeName, toV2Schema } from './custom-schemas.ts';
import type { Descriptions } from './descriptions.ts';
import { type ServedResource, pathsOf } from './operations.ts';
import { type Doc, type Flavor, SchemaCollector } from './schemas.ts';

/** A resource for OpenAPI. Custom ones bring the schema as their CustomResourceDefinition has it, by version. */
export interface OpenApiResource {
  readonly definition: ResourceDefinition;
  readonly rawSchemas?: Readonly<Record<string, Json>>;
}

export interface OpenApiOptions {
  readonly descriptions?: Descriptions | undefined;
  /** Shown as the documents' version: `v1.36.0`. */
  readonly serverVersion: string;
}

const title = 'Kubernetes';

/** The OpenAPI v3 document of one group version: what `/openapi/v3/apis/GROUP/VERSION` serves. */
export function openApiV3(resources: readonly OpenApiResource[], group: string, version: string, options: OpenApiOptions): Doc {
  const own = resources.filter((r) => r.definition.group === group && r.definition.versions.some((v) => v.version === version && v.served));
  const collector = new SchemaCollector(3, options.descriptions ?? {}, [{ group, version }]);
  const paths = collect(own, [{ group, version }], collector, 3);
  return {
    openapi: '3.0.0',
    info: { title, version: options.serverVersion },
    paths,
    components: { schemas: collector.schemas(), securitySchemes: { BearerToken: bearerToken } },
    security: [{ BearerToken: [] }],
  };
}

/** The OpenAPI v2 document of everything that is served: what `/openapi/v2` serves as JSON. */
export function openApiV2(resources: readonly OpenApiResource[], options: OpenApiOptions): Doc {
  const groupVersions = servedGroupVersions(resources);
  const collector = new SchemaCollector(2, options.descriptions ?? {}, groupVersions);
  const paths = collect(resources, groupVersions, collector, 2);
  return {
    swagger: '2.0',
    info: { title, version: options.serverVersion },
    paths,
    definitions: collector.schemas(),
    securityDefinitions: { BearerToken: bearerToken },
    security: [{ BearerToken: [] }],
  };
}

const bearerToken = { type: 'apiKey', description: 'Bearer Token authentication', name: 'authorization', in: 'header' };

/** The paths of `/openapi/v3`'s index: `api/v1`, `apis/apps/v1`. */
export function openApiV3Path(group: string, version: string): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`;
}

/** All served group versions, once each, in the order of the definitions. */
export function servedGroupVersions(resources: readonly OpenApiResource[]): readonly { readonly group: string; readonly version: string }[] {
  const seen = new Map<string, { readonly group: string; readonly version: string }>();
  for (const { definition } of resources) {
    for (const { version, served } of definition.versions) {
      if (served) seen.set(apiVersionOf(definition.group, version), { group: definition.group, version });
    }
  }
  return [...seen.values()];
}

function collect(
  resources: readonly OpenApiResource[],
  groupVersions: readonly { readonly group: string; readonly version: string }[],
  collector: SchemaCollector,
  flavor: Flavor,
): Doc {
  const entries: (readonly [string, unknown])[] = [];
  for (const resource of resources) {
    for (const { version, served, schema } of resource.definition.versions) {
      if (!served || !groupVersions.some((gv) => gv.group === resource.definition.group && gv.version === version)) continue;
      const one = servedResource(resource, version, schema, { collector, flavor });
      entries.push(...Object.entries(pathsOf(one, collector, flavor)));
    }
  }
  for (const kind of ['APIResourceList', 'DeleteOptions', 'Status', 'WatchEvent']) collector.ref(schemaOf('meta.k8s.io', 'v1', kind));
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function servedResource(
  resource: OpenApiResource,
  version: string,
  schema: ObjectSchema,
  into: { readonly collector: SchemaCollector; readonly flavor: Flavor },
): ServedResource {
  const { definition } = resource;
  const { collector, flavor } = into;
  if (schema.name !== '') {
    const list = findSchema(definition.group, version, definition.listKind);
    const kind = collector.ref(schema);
    return { definition, version, kind, list: list ? collector.ref(list) : kind, isCustom: false };
  }
  const names = {
    kind: customTypeName(definition.group, version, definition.kind),
    list: customTypeName(definition.group, version, definition.listKind),
  };
  const metadata = collector.ref(schemaOf('meta.k8s.io', 'v1', 'ObjectMeta'));
  const listMeta = collector.ref(schemaOf('meta.k8s.io', 'v1', 'ListMeta'));
  const gvk = { group: definition.group, version };
  const raw = customSchema(resource.rawSchemas?.[version], metadata, { ...gvk, kind: definition.kind });
  collector.add(names.kind, flavor === 2 ? toV2Schema(raw) : raw);
  collector.add(
    names.list,
    customListSchema(collector.pointer(names.kind), listMeta, { ...gvk, kind: definition.listKind, itemKind: definition.kind }),
  );
  return { definition, version, kind: collector.pointer(names.kind), list: collector.pointer(names.list), isCustom: true };
}
