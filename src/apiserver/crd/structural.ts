import { schemaOf } from '../../api/index.ts';
import type { JSONSchemaProps } from '../../api/index.ts';
import {
  type FieldSchema,
  isJsonObject,
  type Json,
  type ListSchema,
  type ObjectSchema,
  type Schema,
  type ScalarKind,
} from '../../apimachinery/index.ts';

/** An OpenAPI v3 schema as a CustomResourceDefinition holds it: JSON, with the `x-kubernetes-` words. */
export type JsonSchema = { readonly [key: string]: Json | undefined };

const anything: Schema = { kind: 'any' };

export function schemaAt(value: Json | undefined): JsonSchema | undefined {
  return isJsonObject(value) ? value : undefined;
}

const isTrue = (schema: JsonSchema, key: string) => schema[key] === true;

function scalarKind(schema: JsonSchema): ScalarKind {
  if (isTrue(schema, 'x-kubernetes-int-or-string')) return 'intOrString';
  switch (schema['type']) {
    case 'string':
      return 'string';
    case 'integer':
      return 'int64';
    case 'number':
      return 'double';
    case 'boolean':
      return 'bool';
    default:
      return 'any';
  }
}

function listOf(schema: JsonSchema): ListSchema {
  const type = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'];
  const items = schemaAt(schema['items']);
  return {
    kind: 'list',
    items: items ? toSchema(items) : anything,
    listType: type === 'set' || type === 'map' ? type : 'atomic',
    ...(Array.isArray(keys) ? { listMapKeys: keys.map(String) } : {}),
    ...(isTrue(schema, 'nullable') ? { nullable: true } : {}),
  };
}

function fieldsOf(schema: JsonSchema): Map<string, FieldSchema> {
  const fields = new Map<string, FieldSchema>();
  const properties = schemaAt(schema['properties']) ?? {};
  const required = Array.isArray(schema['required']) ? (schema['required'] as readonly Json[]) : [];
  for (const name of Object.keys(properties)) {
    const property = schemaAt(properties[name]);
    if (!property) continue;
    fields.set(name, {
      name,
      schema: toSchema(property),
      required: required.includes(name),
      ...(property['default'] === undefined ? {} : { default: property['default'] }),
    });
  }
  return fields;
}

/** A structural schema as the schema that decoding, pruning, defaulting, patching and apply walk. */
export function toSchema(schema: JsonSchema): Schema {
  const nullable = isTrue(schema, 'nullable') ? { nullable: true } : {};
  const keepsUnknown = isTrue(schema, 'x-kubernetes-preserve-unknown-fields');
  const type = schema['type'];
  if (type === 'array') return listOf(schema);
  if (type !== 'object') {
    const kind = scalarKind(schema);
    return kind === 'any' ? { ...anything, ...nullable } : { kind, ...nullable };
  }
  const additional = schema['additionalProperties'];
  const properties = schemaAt(schema['properties']);
  const atomic = schema['x-kubernetes-map-type'] === 'atomic' ? { atomic: true } : {};
  if (!properties && additional !== undefined && additional !== false) {
    return { kind: 'map', values: isJsonObject(additional) ? toSchema(additional) : anything, ...atomic, ...nullable };
  }
  return {
    kind: 'object',
    name: '',
    fields: fieldsOf(schema),
    ...atomic,
    ...nullable,
    ...(keepsUnknown ? { preserveUnknownFields: true } : {}),
    ...(isTrue(schema, 'x-kubernetes-embedded-resource') ? { embeddedResource: true } : {}),
  };
}

/** The schema of a whole custom object: what its version declares, with kind, apiVersion and metadata as all objects have them. */
export function rootSchema(declared: JSONSchemaProps | JsonSchema | undefined): ObjectSchema {
  const schema = declared ? toSchema(declared as JsonSchema) : undefined;
  const own: ObjectSchema = schema?.kind === 'object' ? schema : { kind: 'object', name: '', fields: new Map(), preserveUnknownFields: true };
  const text = { kind: 'string' } as const;
  const metadata = schemaOf('meta.k8s.io', 'v1', 'ObjectMeta');
  const fields = new Map<string, FieldSchema>([
    ['kind', { name: 'kind', schema: text, required: false }],
    ['apiVersion', { name: 'apiVersion', schema: text, required: false }],
    ['metadata', { name: 'metadata', schema: metadata, required: false }],
  ]);
  for (const [name, field] of own.fields) if (!fields.has(name)) fields.set(name, field);
  return { ...own, fields };
}
