import type { Json } from '../../apimachinery/index.ts';
import type { Doc, Gvk } from './schemas.ts';

/** `com.example.stable.v1.CronTab` of stable.example.com/v1. */
export function customTypeName(group: string, version: string, kind: string): string {
  return [...group.split('.').reverse(), version, kind].join('.');
}

const isDoc = (value: unknown): value is Readonly<Doc> => typeof value === 'object' && value !== null && !Array.isArray(value);

const typeMeta: Doc = {
  apiVersion: { type: 'string', description: 'Names the group and version of the schema that this object follows.' },
  kind: { type: 'string', description: 'Names the type of this object. It cannot be changed, and is written in CamelCase.' },
};

/** A custom kind's definition: what its CustomResourceDefinition says, with the fields that every object has. */
export function customSchema(raw: Json | undefined, metadata: Doc, gvk: Gvk): Doc {
  const base: Doc = isDoc(raw) ? { ...raw } : { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const properties = isDoc(base['properties']) ? base['properties'] : {};
  return {
    ...base,
    type: 'object',
    properties: { ...properties, ...typeMeta, metadata: { allOf: [metadata], description: 'Standard metadata of the object.' } },
    'x-kubernetes-group-version-kind': [{ group: gvk.group, kind: gvk.kind, version: gvk.version }],
  };
}

export function customListSchema(item: Doc, listMeta: Doc, gvk: Gvk & { readonly itemKind: string }): Doc {
  return {
    description: `${gvk.kind} is a list of ${gvk.itemKind}`,
    type: 'object',
    required: ['items'],
    properties: {
      ...typeMeta,
      items: { type: 'array', description: `List of ${gvk.itemKind} objects.`, items: item },
      metadata: { ...listMeta, description: 'Standard list metadata.' },
    },
    'x-kubernetes-group-version-kind': [{ group: gvk.group, kind: gvk.kind, version: gvk.version }],
  };
}

/** Words of v3 that v2 has not. */
const unknownToV2: ReadonlySet<string> = new Set([
  'oneOf',
  'anyOf',
  'not',
  'nullable',
  'default',
  'x-kubernetes-validations',
  'example',
  'externalDocs',
  'enum',
  'exclusiveMinimum',
  'exclusiveMaximum',
]);

/**
 * A v3 schema as v2 can say it. Clients check and prune by it, so what v2 cannot say is left open: nullable values, either a number or
 * text, objects that keep unknown fields.
 */
export function toV2Schema(schema: Doc): Doc {
  const result: Doc = {};
  for (const [key, value] of Object.entries(schema)) {
    if (unknownToV2.has(key)) continue;
    if (key === 'allOf') {
      const only = Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : undefined;
      if (isDoc(only) && typeof only['$ref'] === 'string') result['$ref'] = only['$ref'];
    } else if (key === 'properties' && isDoc(value)) {
      result[key] = Object.fromEntries(Object.entries(value).map(([name, item]) => [name, isDoc(item) ? toV2Schema(item) : item]));
    } else if ((key === 'items' || key === 'additionalProperties') && isDoc(value)) result[key] = toV2Schema(value);
    else result[key] = value;
  }
  const isOpen = schema['nullable'] === true || schema['x-kubernetes-int-or-string'] === true;
  if (isOpen) for (const key of ['type', 'items', 'properties', 'additionalProperties', 'required', 'format']) delete result[key];
  if (schema['x-kubernetes-preserve-unknown-fields'] === true && !('x-kubernetes-group-version-kind' in schema)) {
    for (const key of ['items', 'properties', 'required']) delete result[key];
  }
  return result;
}
