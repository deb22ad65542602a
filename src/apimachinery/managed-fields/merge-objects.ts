import { type JsonObject, copyKeys, hasKey, isJsonObject, setKey } from '../client-keys.ts';
import type { Json } from '../meta.ts';
import type { ListSchema, ObjectSchema, Schema } from '../schema.ts';
import type { FieldSet } from './field-set.ts';
import { belowKey, indexItems, itemKey, shapeOf } from './topology.ts';

/** Lays an applied configuration over the live object. Shares what it does not change with both. */
export function mergeObjects(schema: ObjectSchema, live: Json, config: Json): Json {
  return merge(live, config, schema);
}

function merge(live: Json | undefined, config: Json, schema: Schema | undefined): Json {
  if (live === undefined || live === null) return config;
  const shape = shapeOf(schema, config);
  if (shape === 'map' && isJsonObject(live) && isJsonObject(config)) {
    const out = copyKeys<Json>(live);
    for (const key of Object.keys(config)) {
      const value = config[key];
      if (value !== undefined) setKey(out, key, merge(hasKey(live, key) ? live[key] : undefined, value, belowKey(schema, key).schema));
    }
    return out;
  }
  if (shape === 'list' && Array.isArray(live) && Array.isArray(config))
    return mergeItems(live as readonly Json[], config as readonly Json[], schema as ListSchema);
  return config;
}

/** Items of both, the configuration's in its order, the live object's others where they stood among their neighbours. */
function mergeItems(live: readonly Json[], config: readonly Json[], list: ListSchema): Json {
  const before = indexItems(list, live).items;
  const wanted = config.map((item) => itemKey(list, item));
  const inConfig = new Set(wanted);
  const shared = wanted.filter((key) => key !== undefined && before.has(key));
  const out: Json[] = [];
  let nextShared = 0;
  let right = 0;
  const takeRight = () => {
    const key = wanted[right];
    const old = key === undefined ? undefined : before.get(key);
    out.push(merge(old, config[right]!, list.items));
    if (old !== undefined && shared[nextShared] === key) nextShared++;
    right++;
  };
  for (const item of live) {
    const key = itemKey(list, item);
    if (key === undefined || !inConfig.has(key)) {
      out.push(item);
      continue;
    }
    // A shared item marks how far the configuration has been followed; one that comes out of its order is placed by the configuration.
    if (shared[nextShared] !== key) continue;
    while (right < config.length && wanted[right] !== key) takeRight();
    if (right < config.length) takeRight();
  }
  while (right < config.length) takeRight();
  return out;
}

/** Without the items and fields of `gone` and all below them; containers that this empties go too. */
export function removeFields(value: Json, gone: FieldSet, schema: Schema | undefined): Json | undefined {
  if (!gone.children) return value;
  const shape = shapeOf(schema, value);
  if (shape === 'map' && isJsonObject(value)) return removeKeys(value, gone, schema);
  if (shape !== 'list' || !Array.isArray(value)) return value;
  const list = schema as ListSchema;
  const out: Json[] = [];
  for (const item of value as readonly Json[]) {
    const key = itemKey(list, item);
    const child = key === undefined ? undefined : gone.children.get(key);
    if (child?.member) continue;
    const rest = child ? removeFields(item, child, list.items) : item;
    if (rest !== undefined) out.push(rest);
  }
  return out.length === 0 && value.length > 0 ? undefined : out;
}

function removeKeys(value: JsonObject, gone: FieldSet, schema: Schema | undefined): Json | undefined {
  const out: Record<string, Json> = {};
  for (const key of Object.keys(value)) {
    const inner = value[key];
    const child = gone.children!.get(`f:${key}`);
    if (inner === undefined || child?.member) continue;
    const rest = child ? removeFields(inner, child, belowKey(schema, key).schema) : inner;
    if (rest !== undefined) setKey(out, key, rest);
  }
  return Object.keys(out).length === 0 ? undefined : out;
}
