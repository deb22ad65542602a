import { type JsonObject, equalJson, hasKey, isJsonObject } from '../client-keys.ts';
import type { Json } from '../meta.ts';
import type { ListSchema, ObjectSchema, Schema } from '../schema.ts';
import { type FieldSet, emptySet, leafSet, recursiveDifference, setNode } from './field-set.ts';
import { absentValue, belowKey, indexItems, isEmptyContainer, shapeOf } from './topology.ts';

/** What changed from one object to another, as upstream's structured merge compares them. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

type Partial3 = { readonly [K in keyof Comparison]?: FieldSet };
type Children3 = { -readonly [K in keyof Comparison]?: Map<string, FieldSet> };

const addedLeaf: Partial3 = { added: leafSet };
const modifiedLeaf: Partial3 = { modified: leafSet };
const removedLeaf: Partial3 = { removed: leafSet };
const kinds = ['added', 'modified', 'removed'] as const;

/** Compares two objects of one schema; what they share by reference costs nothing. Undefined stands for no object. */
export function compareObjects(schema: ObjectSchema, before: Json | undefined, after: Json | undefined): Comparison {
  const found = compare(before, after, schema);
  return { added: found?.added ?? emptySet, modified: found?.modified ?? emptySet, removed: found?.removed ?? emptySet };
}

/** Without the paths of `exclude` and all below them. */
export function excludeFrom(comparison: Comparison, exclude: FieldSet): Comparison {
  return {
    added: recursiveDifference(comparison.added, exclude),
    modified: recursiveDifference(comparison.modified, exclude),
    removed: recursiveDifference(comparison.removed, exclude),
  };
}

function compareLeaf(before: Json | undefined, after: Json | undefined): Partial3 | undefined {
  if (before === undefined) return after === undefined ? undefined : addedLeaf;
  if (after === undefined) return removedLeaf;
  return equalJson(before, after) ? undefined : modifiedLeaf;
}

function compare(before: Json | undefined, after: Json | undefined, schema: Schema | undefined): Partial3 | undefined {
  if (before === after) return undefined;
  if (before === undefined) return { added: addedBelow(after, schema) };
  const shape = shapeOf(schema, after ?? before);
  if (shape === 'leaf' || (isEmptyContainer(before) && isEmptyContainer(after))) return compareLeaf(before, after);
  const children: Children3 = {};
  if (shape === 'list') compareItems(before, after, { list: schema as ListSchema, children });
  else compareKeys(before, after, { schema, children });
  return combined(children, after === undefined ? 'removed' : undefined);
}

/** All of a value that was not there: the common case, spared the comparison. */
function addedBelow(after: Json | undefined, schema: Schema | undefined): FieldSet {
  const shape = shapeOf(schema, after);
  if (shape === 'leaf' || isEmptyContainer(after)) return leafSet;
  const children = new Map<string, FieldSet>();
  if (shape === 'list') {
    const { items, duplicates } = indexItems(schema as ListSchema, after);
    for (const [key, item] of items) children.set(key, duplicates?.has(key) ? leafSet : addedBelow(item, (schema as ListSchema).items));
  } else if (isJsonObject(after)) {
    for (const key of Object.keys(after)) {
      const value = after[key];
      if (value !== undefined) children.set(`f:${key}`, addedBelow(value, belowKey(schema, key).schema));
    }
  }
  return children.size === 0 ? leafSet : { member: true, children };
}

function combined(children: Children3, whole: 'removed' | undefined): Partial3 | undefined {
  if (whole === undefined && !children.added && !children.modified && !children.removed) return undefined;
  const out: { -readonly [K in keyof Comparison]?: FieldSet } = {};
  for (const kind of kinds) {
    const set = setNode(whole === kind, children[kind]);
    if (set) out[kind] = set;
  }
  return out;
}

function note(children: Children3, key: string, found: Partial3 | undefined): void {
  if (!found) return;
  if (found.added) (children.added ??= new Map()).set(key, found.added);
  if (found.modified) (children.modified ??= new Map()).set(key, found.modified);
  if (found.removed) (children.removed ??= new Map()).set(key, found.removed);
}

interface KeysContext {
  readonly schema: Schema | undefined;
  readonly children: Children3;
}

function compareKeys(before: Json | undefined, after: Json | undefined, { schema, children }: KeysContext): void {
  const left = isJsonObject(before) ? before : undefined;
  const right = isJsonObject(after) ? after : undefined;
  const one = (key: string) => {
    const { schema: below, field } = belowKey(schema, key);
    let was = left && own(left, key);
    let is = right && own(right, key);
    if (was === is) return;
    if (field && schema?.kind === 'object') {
      if (left && was === undefined) was = absentValue(schema, field);
      if (right && is === undefined) is = absentValue(schema, field);
    }
    note(children, `f:${key}`, compare(was, is, below));
  };
  if (right) for (const key of Object.keys(right)) one(key);
  if (left) for (const key of Object.keys(left)) if (!right || !hasKey(right, key)) one(key);
}

function own(object: JsonObject, key: string): Json | undefined {
  return hasKey(object, key) ? object[key] : undefined;
}

interface ItemsContext {
  readonly list: ListSchema;
  readonly children: Children3;
}

function compareItems(before: Json | undefined, after: Json | undefined, { list, children }: ItemsContext): void {
  const left = indexItems(list, before);
  const right = indexItems(list, after);
  const one = (key: string) => {
    const was = left.items.get(key);
    const is = right.items.get(key);
    const wasMore = left.duplicates?.get(key);
    const isMore = right.duplicates?.get(key);
    if (!wasMore && !isMore) note(children, key, compare(was, is, list.items));
    else if (was === undefined) note(children, key, addedLeaf);
    else if (is === undefined) note(children, key, removedLeaf);
    else if (!equalJson([was, ...(wasMore ?? [])], [is, ...(isMore ?? [])])) note(children, key, modifiedLeaf);
  };
  for (const key of right.items.keys()) one(key);
  for (const key of left.items.keys()) if (!right.items.has(key)) one(key);
}
