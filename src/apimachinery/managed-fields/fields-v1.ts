import { isJsonObject } from '../client-keys.ts';
import type { Json } from '../meta.ts';
import { type FieldSet, compareKeys, emptySet, leafSet, setNode } from './field-set.ts';

/** Deepest nesting read: more than any schema has. */
const maxDepth = 100;

/** A set from parsed FieldsV1; what is no path element is left out. */
export function parseFieldsV1(json: Json | undefined): FieldSet {
  if (!isJsonObject(json)) return emptySet;
  const { children } = node(json, 0) ?? emptySet;
  return children ? { member: false, children } : emptySet;
}

function node(json: Json | undefined, depth: number): FieldSet | undefined {
  if (!isJsonObject(json) || depth > maxDepth) return undefined;
  const keys = Object.keys(json);
  if (keys.length === 0) return leafSet;
  const children = new Map<string, FieldSet>();
  let member = false;
  for (const key of keys) {
    if (key === '.') member = true;
    else if (isPathElement(key)) {
      const child = node(json[key], depth + 1);
      if (child) children.set(key, child);
    }
  }
  return setNode(member, children);
}

function isPathElement(key: string): boolean {
  if (key.startsWith('f:')) return true;
  if (key.startsWith('i:')) return /^i:\d+$/.test(key);
  if (!key.startsWith('k:') && !key.startsWith('v:')) return false;
  try {
    const value = JSON.parse(key.slice(2)) as unknown;
    return key.startsWith('v:') || isJsonObject(value);
  } catch {
    return false;
  }
}

/** Canonical FieldsV1: `.` first, then path elements in their order. */
export function formatFieldsV1(set: FieldSet): string {
  const { children } = set;
  if (!children) return '{}';
  let text = set.member ? '{".":{}' : '{';
  for (const key of sortedKeys(children)) {
    const child = children.get(key)!;
    const name = plainKey.test(key) ? `"${key}"` : JSON.stringify(key);
    text += `${text.length === 1 ? '' : ','}${name}:${child.children ? formatFieldsV1(child) : '{}'}`;
  }
  return `${text}}`;
}

/** Needs no escape in JSON. */
const plainKey = /^[ !#-[\]-~]*$/;

/** Most sets are in order already, since objects are. */
function sortedKeys(children: ReadonlyMap<string, FieldSet>): Iterable<string> {
  let last: string | undefined;
  for (const key of children.keys()) {
    if (last !== undefined && compareKeys(last, key) > 0) return [...children.keys()].sort(compareKeys);
    last = key;
  }
  return children.keys();
}

/** A path as conflicts print it: `.spec.containers[name="a"].image`. */
export function formatPath(path: readonly string[]): string {
  return path.map(formatElement).join('');
}

function formatElement(key: string): string {
  const rest = key.slice(2);
  switch (key[0]) {
    case 'f':
      return `.${rest}`;
    case 'k':
      return `[${Object.entries(JSON.parse(rest) as Record<string, unknown>)
        .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
        .join(',')}]`;
    case 'v':
      return `[=${rest}]`;
    default:
      return `[${rest}]`;
  }
}
