import { hasKey, isJsonObject } from '../client-keys.ts';
import type { Json } from '../meta.ts';
import type { ListSchema, ObjectSchema, Schema } from '../schema.ts';
import { type FieldSet, emptySet, leafSet, setNode } from './field-set.ts';
import { belowKey, indexItems, isEmptyContainer, shapeOf } from './topology.ts';

/** The fields that an applied configuration claims. */
export function fieldsOf(schema: ObjectSchema, value: Json): FieldSet {
  return claimed(value, schema) ?? emptySet;
}

function claimed(value: Json, schema: Schema | undefined): FieldSet | undefined {
  switch (shapeOf(schema, value)) {
    case 'leaf':
      return leafSet;
    case 'list':
      return claimedItems(value, schema as ListSchema);
    case 'map': {
      if (!isJsonObject(value)) return undefined;
      const children = new Map<string, FieldSet>();
      for (const key of Object.keys(value)) {
        const inner = value[key];
        if (inner === undefined) continue;
        const { schema: below, field } = belowKey(schema, key);
        const set = claimed(inner, below);
        const itself = !field || inner === null || (isJsonObject(inner) && isEmptyContainer(inner));
        const node = setNode(itself || (set?.member ?? false), set?.children);
        if (node) children.set(`f:${key}`, node);
      }
      return setNode(false, children);
    }
  }
}

function claimedItems(value: Json, list: ListSchema): FieldSet | undefined {
  const { items, duplicates } = indexItems(list, value);
  const children = new Map<string, FieldSet>();
  for (const [key, item] of items) {
    const set = duplicates?.has(key) ? leafSet : claimed(item, list.items);
    children.set(key, { member: true, children: set?.children });
  }
  return setNode(false, children);
}

/** With every declared field that has members below it a member itself: who owns `.spec.a` keeps `.spec` in being. */
export function withNamedFields(set: FieldSet, schema: Schema | undefined): FieldSet {
  if (!set.children) return set;
  let children: Map<string, FieldSet> | undefined;
  for (const [key, child] of set.children) {
    const isField = key.startsWith('f:');
    const below = isField ? belowKey(schema, key.slice(2)) : undefined;
    const inner = withNamedFields(child, isField ? below!.schema : schema?.kind === 'list' ? schema.items : undefined);
    const node = below?.field && !inner.member ? { member: true, children: inner.children } : inner;
    if (node !== child) (children ??= new Map(set.children)).set(key, node);
  }
  return children ? { member: set.member, children } : set;
}

/** The part of `set` that is there in `value`. */
export function presentFields(set: FieldSet, value: Json | undefined, schema: Schema | undefined): FieldSet | undefined {
  if (value === undefined) return undefined;
  if (!set.children) return set.member ? set : undefined;
  const children = new Map<string, FieldSet>();
  const items = schema?.kind === 'list' ? indexItems(schema, value).items : undefined;
  for (const [key, child] of set.children) {
    const isField = key.startsWith('f:');
    const name = key.slice(2);
    const inner = items ? items.get(key) : isField && isJsonObject(value) && hasKey(value, name) ? value[name] : undefined;
    const below = items ? (schema as ListSchema).items : belowKey(schema, name).schema;
    const node = presentFields(child, inner, below);
    if (node) children.set(key, node);
  }
  return setNode(set.member, children);
}
