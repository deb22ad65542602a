import { isJsonObject, setKey } from './client-keys.ts';
import type { Json } from './meta.ts';

/** RFC 7386. The result shares what the patch does not touch with `target`, and never changes it. */
export function applyMergePatch(target: Json | undefined, patch: Json): Json {
  if (!isJsonObject(patch)) return patch;
  const from = isJsonObject(target) ? target : undefined;
  let changed = from === undefined;
  const changes = new Map<string, Json | undefined>();
  for (const key of Object.keys(patch)) {
    const value = patch[key];
    const present = from !== undefined && Object.hasOwn(from, key);
    const before = present ? from[key] : undefined;
    if (value === undefined) continue;
    if (value === null) {
      if (present) changes.set(key, undefined);
      changed ||= present;
      continue;
    }
    const after = applyMergePatch(before, value);
    if (present && after === before) continue;
    changes.set(key, after);
    changed = true;
  }
  if (!changed) return target!;
  const out: Record<string, Json> = {};
  for (const key of from ? Object.keys(from) : []) {
    const value = changes.has(key) ? changes.get(key) : from![key];
    changes.delete(key);
    if (value !== undefined) setKey(out, key, value);
  }
  for (const [key, value] of changes) if (value !== undefined) setKey(out, key, value);
  return out;
}
