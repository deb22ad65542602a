import { isJsonObject } from '../client-keys.ts';
import type { Json } from '../meta.ts';
import type { ListSchema, ObjectSchema, ScalarKind, Schema } from '../schema.ts';
import { formatPath } from './fields-v1.ts';
import { belowKey, itemKey, keyValue } from './topology.ts';

/** What keeps an applied configuration from being read by its schema, in upstream's words; empty when nothing does. At most 100. */
export function configErrors(schema: ObjectSchema, config: Json): readonly string[] {
  const errors: string[] = [];
  check(config, schema, { path: '', errors });
  return errors;
}

interface At {
  readonly path: string;
  readonly errors: string[];
}

const maxErrors = 100;

function report(at: At, text: string): void {
  if (at.errors.length < maxErrors) at.errors.push(at.path === '' ? text : `${at.path}: ${text}`);
}

function goType(value: Json): string {
  if (Array.isArray(value)) return 'list';
  if (isJsonObject(value)) return 'map';
  return typeof value === 'boolean' ? 'boolean' : typeof value;
}

function shown(value: Json): string {
  return typeof value === 'object' ? goType(value) : typeof value === 'string' ? JSON.stringify(value) : String(value);
}

const numeric: ReadonlySet<ScalarKind> = new Set(['int32', 'int64', 'double']);
const textual: ReadonlySet<ScalarKind> = new Set(['string', 'bytes', 'time', 'microTime', 'duration']);

function check(value: Json, schema: Schema | undefined, at: At): void {
  if (schema === undefined || value === null) return;
  switch (schema.kind) {
    case 'object':
    case 'map':
      if (!isJsonObject(value)) return report(at, `expected map, got &{${shown(value)}}`);
      for (const key of Object.keys(value)) {
        const inner = value[key];
        if (inner === undefined) continue;
        const below = belowKey(schema, key);
        const next = { path: `${at.path}.${key}`, errors: at.errors };
        if (schema.kind === 'object' && !below.field && schema.preserveUnknownFields !== true && !isTypeMeta(schema, key))
          report(next, 'field not declared in schema');
        else check(inner, below.schema, next);
      }
      return;
    case 'list':
      return checkList(value, schema, at);
    default:
      if (numeric.has(schema.kind) && typeof value !== 'number') report(at, `expected numeric (int or float), got ${goType(value)}`);
      else if (textual.has(schema.kind) && typeof value !== 'string')
        report(at, `expected string, got &value.valueUnstructured{Value:${shown(value)}}`);
      else if (schema.kind === 'bool' && typeof value !== 'boolean')
        report(at, `expected boolean, got &value.valueUnstructured{Value:${shown(value)}}`);
  }
}

function isTypeMeta(schema: ObjectSchema, key: string): boolean {
  return (key === 'apiVersion' || key === 'kind' || key === 'metadata') && (schema.embeddedResource === true || schema.name === '');
}

function checkList(value: Json, list: ListSchema, at: At): void {
  if (!Array.isArray(value)) return report(at, `expected list, got &{${shown(value)}}`);
  const seen = new Set<string>();
  for (const [i, item] of (value as readonly Json[]).entries()) {
    let element = `[${i}]`;
    if (list.listType !== 'atomic') {
      const missing =
        list.listType === 'map' && isJsonObject(item) ? list.listMapKeys?.find((name) => keyValue(list.items, item, name) === undefined) : undefined;
      if (missing !== undefined) {
        report(
          at,
          `element ${i}: associative list with keys has an element that omits key field ${JSON.stringify(missing)} (and doesn't have default value)`,
        );
        continue;
      }
      if (list.listType === 'map' && !isJsonObject(item)) {
        report(at, `element ${i}: associative list with keys may not have non-map elements`);
        continue;
      }
      const key = itemKey(list, item)!;
      element = formatPath([key]);
      if (seen.has(key)) report(at, `duplicate entries for key ${element}`);
      seen.add(key);
    }
    check(item, list.items, { path: at.path + element, errors: at.errors });
  }
}
