import { type JsonObject, hasKey, isJsonObject } from '../client-keys.ts';
import type { Json } from '../meta.ts';
import type { FieldSchema, ListSchema, ObjectSchema, Schema } from '../schema.ts';

/** What is below a declared field, or below a key of a free map; `declared` tells them apart. */
export interface Below {
  readonly schema: Schema | undefined;
  readonly field: FieldSchema | undefined;
}

/**
 * How apply sees a value: `leaf` is owned as a whole, `map` by key, `list` by item. Values without a schema (fields of custom kinds that
 * are kept unknown) are maps by key, and leaves otherwise.
 */
export function shapeOf(schema: Schema | undefined, value: Json | undefined): 'leaf' | 'map' | 'list' {
  if (schema === undefined) return isJsonObject(value) ? 'map' : 'leaf';
  switch (schema.kind) {
    case 'object':
    case 'map':
      return schema.atomic === true ? 'leaf' : 'map';
    case 'list':
      return schema.listType === 'atomic' ? 'leaf' : 'list';
    default:
      return 'leaf';
  }
}

const undeclared: Below = { schema: undefined, field: undefined };

export function belowKey(schema: Schema | undefined, key: string): Below {
  if (schema?.kind === 'object') {
    const field = schema.fields.get(key);
    return field ? { schema: field.schema, field } : undeclared;
  }
  return schema?.kind === 'map' ? { schema: schema.values, field: undefined } : undeclared;
}

/** The path element of a list's item, undefined when the item has not the keys that it needs. */
export function itemKey(list: ListSchema, item: Json): string | undefined {
  if (list.listType === 'set') return `v:${JSON.stringify(item)}`;
  if (!isJsonObject(item)) return undefined;
  const names = list.listMapKeys ?? [];
  if (names.length === 1 && names[0] === 'name' && typeof item['name'] === 'string') return `k:{"name":${JSON.stringify(item['name'])}}`;
  const parts: string[] = [];
  for (const name of names.length < 2 ? names : names.toSorted()) {
    const value = keyValue(list.items, item, name);
    if (value !== undefined) parts.push(`${JSON.stringify(name)}:${JSON.stringify(value)}`);
  }
  return parts.length === 0 ? undefined : `k:{${parts.join(',')}}`;
}

/** A key's value in an item, or its declared default. */
export function keyValue(items: Schema, item: JsonObject, name: string): Json | undefined {
  const given = hasKey(item, name) ? item[name] : undefined;
  if (given !== undefined && given !== null) return given;
  return items.kind === 'object' ? items.fields.get(name)?.default : undefined;
}

/** The items of a list by path element, in order. Of equal keys, later items are in `duplicates`. */
export interface Indexed {
  readonly items: ReadonlyMap<string, Json>;
  readonly duplicates: ReadonlyMap<string, readonly Json[]> | undefined;
}

export function indexItems(list: ListSchema, value: Json | undefined): Indexed {
  const items = new Map<string, Json>();
  let duplicates: Map<string, Json[]> | undefined;
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) {
      const key = itemKey(list, item);
      if (key === undefined) continue;
      if (items.has(key)) {
        duplicates ??= new Map();
        duplicates.set(key, [...(duplicates.get(key) ?? []), item]);
      } else items.set(key, item);
    }
  }
  return { items, duplicates };
}

export function isEmptyContainer(value: Json | undefined): boolean {
  if (value === undefined || value === null) return true;
  return Array.isArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0;
}

const emptyObject: Json = {};
const zeros: Readonly<Record<string, Json>> = {
  string: '',
  int32: 0,
  int64: 0,
  bool: false,
  double: 0,
  quantity: '0',
  intOrString: 0,
  duration: '0s',
};

/**
 * What Go's zero value of an absent field looks like, undefined when it is left out: structs that are no pointers are there, and so are
 * required fields. It decides what counts as added: `.spec` of a new Deployment is not, `.spec.template.spec.securityContext` is.
 */
export function absentValue(parent: ObjectSchema, field: FieldSchema): Json | undefined {
  if (parent.name === '' || field.pointer === true) return undefined;
  const kind = field.schema.kind;
  if (kind === 'object') return emptyObject;
  if (!field.required) return undefined;
  return Object.hasOwn(zeros, kind) ? zeros[kind] : null;
}
