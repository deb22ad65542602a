import { type JsonObject, copyKeys, deleteKey, equalJson, hasKey, isJsonObject, setKey } from './client-keys.ts';
import type { Json } from './meta.ts';
import type { FieldSchema, ObjectSchema, Schema } from './schema.ts';
import { orderElements } from './strategic-merge-patch/element-order.ts';

/** A strategic patch that cannot be applied: `malformed` ones are answered 400 with the message, others 422 without it. */
export class StrategicMergePatchError extends Error {
  override readonly name = 'StrategicMergePatchError';
  readonly malformed: boolean;

  constructor(message: string, options: { readonly malformed?: boolean } = {}) {
    super(message);
    this.malformed = options.malformed ?? false;
  }
}

const directive = '$patch';
const retainKeysDirective = '$retainKeys';
const deletePrefix = '$deleteFromPrimitiveList/';
const orderPrefix = '$setElementOrder/';

const unknownType = (what: Json | undefined) =>
  new StrategicMergePatchError(`Unknown patch type found: ${typeof what === 'string' ? what : JSON.stringify(what)}`, { malformed: true });
const badDocument = () => new StrategicMergePatchError('invalid JSON document', { malformed: true });

interface Strategy {
  readonly merge: boolean;
  readonly replace: boolean;
  readonly mergeKey: string;
}

/** Where a value stands: its schema and what its field says about merging. Both unknown below fields that the schema does not declare. */
interface Place {
  readonly schema: Schema | undefined;
  readonly strategy: Strategy;
}

const plain: Strategy = { merge: false, replace: false, mergeKey: '' };

function strategyOf(field: FieldSchema): Strategy {
  const words = (field.patchStrategy ?? '').split(',');
  return { merge: words.includes('merge'), replace: words.includes('replace'), mergeKey: field.patchMergeKey ?? '' };
}

function placeOf(parent: Schema | undefined, key: string): Place {
  if (parent?.kind === 'object') {
    const field = parent.fields.get(key);
    return field ? { schema: field.schema, strategy: strategyOf(field) } : { schema: undefined, strategy: plain };
  }
  return { schema: parent?.kind === 'map' ? parent.values : undefined, strategy: plain };
}

const itemsOf = (schema: Schema | undefined): Schema | undefined => (schema?.kind === 'list' ? schema.items : undefined);

/** What is left of a patch that met nothing to be merged with: directives and nulls are gone. */
function withoutDirectives(value: Json): Json {
  if (Array.isArray(value)) {
    const out: Json[] = [];
    for (const item of value as readonly Json[]) {
      if (isJsonObject(item) && hasKey(item, directive)) {
        if (item[directive] === 'delete') continue;
        if (item[directive] === 'replace' && Object.keys(item).length === 1) continue;
      }
      out.push(withoutDirectives(item));
    }
    return out;
  }
  if (!isJsonObject(value)) return value;
  if (value[directive] === 'delete') return {};
  const out: Record<string, Json> = {};
  for (const key of Object.keys(value)) {
    const inner = value[key];
    if (inner === undefined || inner === null || key === directive || key === retainKeysDirective) continue;
    if (key.startsWith(orderPrefix) || key.startsWith(deletePrefix)) continue;
    setKey(out, key, withoutDirectives(inner));
  }
  return out;
}

function listDirective(value: Json | undefined, name: string): readonly Json[] {
  if (!Array.isArray(value)) throw new StrategicMergePatchError(`invalid patch format of ${name}`, { malformed: true });
  return value as readonly Json[];
}

function applyRetainKeys(out: Record<string, Json>, patch: JsonObject): void {
  if (!hasKey(patch, retainKeysDirective)) return;
  const retained = new Set(listDirective(patch[retainKeysDirective], 'retainKeys'));
  for (const key of Object.keys(patch)) {
    if (key === retainKeysDirective || key.startsWith(orderPrefix) || key.startsWith(deletePrefix) || patch[key] === null) continue;
    if (!retained.has(key)) throw new StrategicMergePatchError("patch content doesn't match retainKeys list");
  }
  for (const key of Object.keys(out)) if (!retained.has(key)) deleteKey(out, key);
}

function mergeObject(original: JsonObject, patch: JsonObject, schema: Schema | undefined): JsonObject {
  if (hasKey(patch, directive)) {
    const what = patch[directive];
    if (what === 'delete') return {};
    if (what === 'replace') {
      const rest = copyKeys<Json>(patch);
      deleteKey(rest, directive);
      return rest;
    }
    if (what !== 'merge') throw unknownType(what);
  }
  const out = copyKeys<Json>(original);
  applyRetainKeys(out, patch);
  const done = new Set<string>([directive, retainKeysDirective]);
  mergeOrderedLists(out, patch, { schema, done });
  for (const key of Object.keys(patch)) if (!done.has(key)) mergeField(out, key, { patch, schema });
  return unchanged(original, out) ? original : out;
}

function unchanged(original: JsonObject, out: JsonObject): boolean {
  const keys = Object.keys(out);
  return keys.length === Object.keys(original).length && keys.every((key) => hasKey(original, key) && original[key] === out[key]);
}

function mergeField(out: Record<string, Json>, key: string, at: { readonly patch: JsonObject; readonly schema: Schema | undefined }): void {
  const value = at.patch[key];
  if (value === undefined) return;
  if (key.startsWith(deletePrefix)) {
    const name = key.slice(deletePrefix.length);
    const gone = listDirective(value, 'primitive list');
    const present = hasKey(out, name) ? out[name] : undefined;
    if (Array.isArray(present))
      setKey(
        out,
        name,
        (present as readonly Json[]).filter((item) => !gone.some((g) => equalJson(g, item))),
      );
    return;
  }
  if (value === null) {
    deleteKey(out, key);
    return;
  }
  const before = hasKey(out, key) ? out[key] : undefined;
  setKey(out, key, before === undefined || before === null ? withoutDirectives(value) : mergeValue(before, value, placeOf(at.schema, key)));
}

function mergeValue(before: Json, patch: Json, place: Place): Json {
  if (isJsonObject(before) && isJsonObject(patch)) {
    return place.strategy.replace ? withoutDirectives(patch) : mergeObject(before, patch, place.schema);
  }
  if (Array.isArray(before) && Array.isArray(patch)) {
    return place.strategy.merge ? mergeList(before as readonly Json[], patch as readonly Json[], place) : withoutMarkers(patch as readonly Json[]);
  }
  return equalJson(before, patch) ? before : patch;
}

/** A list that replaces: what `$patch: replace` marks is taken out, for clients that write it on atomic lists too. */
function withoutMarkers(patch: readonly Json[]): Json {
  return patch.some((item) => isJsonObject(item) && hasKey(item, directive)) ? withoutDirectives(patch) : patch;
}

function mergeList(original: readonly Json[], patch: readonly Json[], place: Place): Json {
  if (original.length === 0 && patch.length === 0) return original;
  const sample = patch[0] ?? original[0]!;
  if (Array.isArray(sample)) throw new StrategicMergePatchError('lists of lists are not supported');
  if (!isJsonObject(sample)) {
    const out = [...original];
    for (const item of patch) if (!out.some((o) => equalJson(o, item))) out.push(item);
    return out.length === original.length ? original : out;
  }
  const { mergeKey } = place.strategy;
  if (mergeKey === '') throw new StrategicMergePatchError('cannot merge lists without merge key', { malformed: true });
  const keyOf = (item: Json): Json => {
    const key = isJsonObject(item) && hasKey(item, mergeKey) ? item[mergeKey] : undefined;
    if (key === undefined)
      throw new StrategicMergePatchError(`map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`, { malformed: true });
    return key;
  };
  return mergeElements(original, patch, { schema: itemsOf(place.schema), keyOf });
}

interface Elements {
  readonly schema: Schema | undefined;
  readonly keyOf: (item: Json) => Json;
}

function mergeElements(original: readonly Json[], patch: readonly Json[], { schema, keyOf }: Elements): Json {
  let out: Json[] = [...original];
  const rest: JsonObject[] = [];
  let replace = false;
  for (const item of patch) {
    if (!isJsonObject(item)) throw badDocument();
    const what = hasKey(item, directive) ? item[directive] : undefined;
    if (what === undefined) rest.push(item);
    else if (what === 'replace') replace = true;
    else if (what === 'delete') {
      const key = keyOf(item);
      out = out.filter((o) => !equalJson(keyOf(o), key));
    } else if (what === 'merge') throw new StrategicMergePatchError('merging lists cannot yet be specified in the patch', { malformed: true });
    else throw unknownType(what);
  }
  if (replace) return rest;
  for (const item of rest) {
    const key = keyOf(item);
    const at = out.findIndex((o) => equalJson(keyOf(o), key));
    if (at < 0) out.push(withoutDirectives(item));
    else out[at] = mergeObject(out[at] as JsonObject, item, schema);
  }
  return out.length === original.length && out.every((item, i) => item === original[i]) ? original : out;
}

interface OrderContext {
  readonly schema: Schema | undefined;
  readonly done: Set<string>;
}

/** The lists that have a `$setElementOrder`: merged, then put in that order. */
function mergeOrderedLists(out: Record<string, Json>, patch: JsonObject, { schema, done }: OrderContext): void {
  for (const key of Object.keys(patch)) {
    if (!key.startsWith(orderPrefix)) continue;
    done.add(key);
    const name = key.slice(orderPrefix.length);
    const order = listDirective(patch[key], 'setElementOrder list');
    const server = hasKey(out, name) ? out[name] : undefined;
    const { strategy } = placeOf(schema, name);
    if (hasKey(patch, name)) {
      done.add(name);
      mergeField(out, name, { patch, schema });
    }
    const deletion = deletePrefix + name;
    if (hasKey(patch, deletion)) {
      done.add(deletion);
      mergeField(out, deletion, { patch, schema });
    }
    const merged = hasKey(out, name) ? out[name] : undefined;
    if (!Array.isArray(merged)) continue;
    const ordered = orderElements(merged as readonly Json[], {
      order,
      server: Array.isArray(server) ? (server as readonly Json[]) : [],
      mergeKey: strategy.mergeKey,
    });
    if (ordered.some((item, i) => item !== (merged as readonly Json[])[i])) setKey(out, name, ordered);
  }
}

/**
 * Applies a strategic merge patch as kubectl sends it: merge keys and strategies of `schema`, `$patch`, `$retainKeys`,
 * `$deleteFromPrimitiveList` and `$setElementOrder`. The result shares what the patch does not touch with `target`, and never changes it.
 * Throws `StrategicMergePatchError`.
 */
export function applyStrategicMergePatch(target: Json, patch: Json, schema: ObjectSchema): Json {
  if (!isJsonObject(patch) || !isJsonObject(target)) throw badDocument();
  return mergeObject(target, patch, schema);
}
