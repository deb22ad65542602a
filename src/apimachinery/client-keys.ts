import type { Json } from './meta.ts';

/**
 * The one place that touches keys which clients choose (labels, annotations, data, any JSON field): they may be `__proto__` or
 * `constructor`, which plain property access would take for the object's prototype or for inherited members.
 */
export type Keyed<V> = Readonly<Record<string, V | undefined>>;

/** Own property `key` of `target`, undefined when there is none (or no target). */
export function getKey<V>(target: Keyed<V> | undefined | null, key: string): V | undefined {
  return target !== undefined && target !== null && Object.hasOwn(target, key) ? target[key] : undefined;
}

export function hasKey(target: object | undefined | null, key: string): boolean {
  return target !== undefined && target !== null && Object.hasOwn(target, key);
}

/** Makes `key` an own property of `target`, whatever it is called. */
export function setKey<V>(target: Record<string, V>, key: string, value: V): void {
  if (key === '__proto__') Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  else target[key] = value;
}

/** Removes an own property; absent ones are no error. */
export function deleteKey(target: Record<string, unknown>, key: string): void {
  if (Object.hasOwn(target, key)) delete target[key];
}

/** A copy with the same own keys in the same order. Spread defines its properties, so that `__proto__` stays a plain key. */
export function copyKeys<V>(source: Keyed<V> | undefined): Record<string, V> {
  return { ...source } as Record<string, V>;
}

/** A copy without `key`; the source itself when it has no such key. */
export function withoutKey<T extends object>(source: T, key: string): T {
  if (!Object.hasOwn(source, key)) return source;
  const copy: Record<string, unknown> = {};
  for (const k of Object.keys(source)) if (k !== key) setKey(copy, k, (source as Record<string, unknown>)[k]);
  return copy as T;
}

/** An object of these entries, later ones winning. */
export function fromEntries<V>(entries: Iterable<readonly [string, V]>): Record<string, V> {
  const out: Record<string, V> = {};
  for (const [key, value] of entries) setKey(out, key, value);
  return out;
}

export type JsonObject = { readonly [key: string]: Json | undefined };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether two JSON values are the same, key order aside; an undefined property counts as absent. */
export function equalJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!equalJson(a[i], b[i])) return false;
    return true;
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  let present = 0;
  for (const key of Object.keys(a)) {
    const left = a[key];
    if (left === undefined) continue;
    present++;
    if (!Object.hasOwn(b, key) || !equalJson(left, b[key])) return false;
  }
  for (const key of Object.keys(b)) if (b[key] !== undefined) present--;
  return present === 0;
}
