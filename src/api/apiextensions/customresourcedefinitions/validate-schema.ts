import { errorText } from '../../../base/index.ts';
import { isJsonObject, type Json } from '../../../apimachinery/index.ts';
import type { Checks } from '../../helpers/validation/checks.ts';
import type { JSONSchemaProps } from '../../types.gen.ts';

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const unsupported = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies'] as const;
const maxDepth = 100;

type Place = 'root' | 'item' | 'field';

const missingType: Readonly<Record<Place, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};

const ext = (schema: JSONSchemaProps, name: string) => (schema as unknown as Readonly<Record<string, Json | undefined>>)[`x-kubernetes-${name}`];

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && (typeof value !== 'object' || Object.keys(value).length > 0);
}

function checkUnsupported(c: Checks, schema: JSONSchemaProps, path: string): void {
  const raw = schema as unknown as Readonly<Record<string, Json | undefined>>;
  for (const field of unsupported) if (isGiven(raw[field])) c.forbidden(path, field, `${field} is not supported`);
  if (isGiven(raw['$ref'])) c.forbidden(path, '$ref', '$ref is not supported');
  if (schema.type === 'null') c.forbidden(path, 'type', 'type cannot be set to null, use nullable as an alternative');
  else if (schema.type && !types.includes(schema.type)) c.notSupported([path, 'type'], schema.type, types);
  if (schema.uniqueItems) c.forbidden(path, 'uniqueItems', 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic');
  if (schema.additionalProperties !== undefined && isGiven(schema.properties)) {
    if (schema.additionalProperties !== false) c.forbidden(path, 'additionalProperties', 'additionalProperties and properties are mutual exclusive');
  }
}

function checkListKind(c: Checks, schema: JSONSchemaProps, path: string): void {
  const listType = ext(schema, 'list-type');
  const keys = ext(schema, 'list-map-keys');
  const mapType = ext(schema, 'map-type');
  if (mapType !== undefined) {
    if (!schema.type) c.required(path, 'type', 'must be object if x-kubernetes-map-type is specified');
    else if (schema.type !== 'object') c.invalid([path, 'type'], schema.type, 'must be object if x-kubernetes-map-type is specified');
    c.oneOf(mapType as string, ['atomic', 'granular'], path, 'x-kubernetes-map-type');
  }
  if (listType !== undefined) {
    if (!schema.type) c.required(path, 'type', 'must be array if x-kubernetes-list-type is specified');
    else if (schema.type !== 'array') c.invalid([path, 'type'], schema.type, 'must be array if x-kubernetes-list-type is specified');
    c.oneOf(listType as string, ['atomic', 'set', 'map'], path, 'x-kubernetes-list-type');
  }
  const given = Array.isArray(keys) ? (keys as readonly string[]) : [];
  if (given.length > 0 && listType === undefined) {
    c.required(path, 'x-kubernetes-list-type', 'must be map if x-kubernetes-list-map-keys is non-empty');
  } else if (given.length > 0 && listType !== 'map') {
    c.invalid([path, 'x-kubernetes-list-type'], listType, 'must be map if x-kubernetes-list-map-keys is non-empty');
  }
  if (listType !== 'map') return;
  if (given.length === 0) c.required(path, 'x-kubernetes-list-map-keys', 'must not be empty if x-kubernetes-list-type is map');
  const items = schema.items as JSONSchemaProps | undefined;
  if (!items) return c.required(path, 'items', 'must have a schema if x-kubernetes-list-type is map');
  if (items.type !== 'object') c.invalid([path, 'items.type'], items.type ?? '', "must be object if parent array's x-kubernetes-list-type is map");
  for (const [i, key] of given.entries()) {
    if (!Object.hasOwn(items.properties ?? {}, key)) {
      c.invalid([path, `x-kubernetes-list-map-keys[${i}]`], key, 'entries must all be names of item properties');
    } else if (items.properties![key]!.default === undefined && !items.required?.includes(key)) {
      const text = 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property';
      c.required(path, `items.properties[${key}].default`, text);
    }
  }
}

function checkType(c: Checks, schema: JSONSchemaProps, place: Place, path: string): void {
  const intOrString = ext(schema, 'int-or-string') === true;
  const preserves = ext(schema, 'preserve-unknown-fields') === true;
  if (!schema.type && !intOrString && !(preserves && place !== 'root')) c.required(path, 'type', missingType[place]);
  else if (place === 'root' && schema.type !== 'object') c.invalid([path, 'type'], schema.type ?? '', 'must be object at the root');
  if (ext(schema, 'embedded-resource') === true && schema.type !== 'object') {
    if (!schema.type) c.required(path, 'type', 'must be object if x-kubernetes-embedded-resource is true');
    else c.invalid([path, 'type'], schema.type, 'must be object if x-kubernetes-embedded-resource is true');
  }
  if (schema.type === 'array' && schema.items === undefined) c.required(path, 'items', 'must be specified');
  if (schema.pattern !== undefined && schema.pattern !== '') {
    try {
      // Compiled for its syntax alone; what matches is another engine's work.
      void new RegExp(schema.pattern.replaceAll('(?P<', '(?<').replace(/^\(\?[a-z]+\)/, ''));
    } catch (error) {
      const reason = errorText(error);
      c.invalid([path, 'pattern'], schema.pattern, `must be a valid regular expression, but isn't: ${reason}`);
    }
  }
}

function checkSchema(c: Checks, schema: JSONSchemaProps, at: { readonly place: Place; readonly path: string; readonly depth: number }): void {
  const { place, path, depth } = at;
  if (depth > maxDepth) return c.invalid([path, ''], '', 'schema is nested too deeply');
  checkUnsupported(c, schema, path);
  checkListKind(c, schema, path);
  checkType(c, schema, place, path);
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    // What every object has is known already.
    if (place === 'root' && (name === 'metadata' || name === 'kind' || name === 'apiVersion')) continue;
    checkSchema(c, property, { place: 'field', path: `${path}.properties[${name}]`, depth: depth + 1 });
  }
  if (Array.isArray(schema.items)) c.forbidden(path, 'items', 'items must be a schema object and not an array');
  else if (isJsonObject(schema.items)) {
    checkSchema(c, schema.items as unknown as JSONSchemaProps, { place: 'item', path: `${path}.items`, depth: depth + 1 });
  }
  if (isJsonObject(schema.additionalProperties)) {
    const inner = schema.additionalProperties as unknown as JSONSchemaProps;
    checkSchema(c, inner, { place: 'field', path: `${path}.additionalProperties`, depth: depth + 1 });
  }
}

/** The schema of a version: structural, with an object at its root. */
export function checkRootSchema(c: Checks, schema: JSONSchemaProps, path: string): void {
  if (schema.nullable) c.forbidden(path, 'nullable', 'nullable cannot be true at the root');
  if (isJsonObject(schema.additionalProperties) || schema.additionalProperties === true) {
    c.forbidden(path, 'additionalProperties', 'must not be used at the root');
  }
  const expected = { kind: 'string', apiVersion: 'string', metadata: 'object' } as const;
  for (const [name, type] of Object.entries(expected)) {
    const property = schema.properties?.[name];
    if (property?.type && property.type !== type) c.invalid([path, `properties[${name}].type`], property.type, `must be ${type}`);
  }
  checkSchema(c, schema, { place: 'root', path, depth: 0 });
}
