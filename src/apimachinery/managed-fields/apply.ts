import { maxAnnotationsBytes } from '../label-rules.ts';
import { type JsonObject, copyKeys, getKey, hasKey, isJsonObject, setKey, withoutKey } from '../client-keys.ts';
import { sortedJson } from '../canonical-json.ts';
import type { Json, KubeObject } from '../meta.ts';
import type { ObjectSchema } from '../schema.ts';
import { StatusError, failure, statusErrors } from '../status-error.ts';
import { formatTime } from '../time.ts';
import { configErrors } from './check-config.ts';
import { type Comparison, compareObjects, excludeFrom } from './compare.ts';
import { applyConflict } from './conflict.ts';
import { type FieldSet, difference, emptySet, isEmptySet, recursiveDifference, union } from './field-set.ts';
import { type Manager, type Managers, ManagersCache, capManagers, managerId, putManager } from './managers.ts';
import { mergeObjects, removeFields } from './merge-objects.ts';
import { fieldsOf, presentFields, withNamedFields } from './object-fields.ts';
import { type ManagerInfo, conflictsWith, strip, yieldFields } from './update.ts';

export interface ApplyOptions extends ManagerInfo {
  readonly schema: ObjectSchema;
  /** The stored object; undefined when the apply creates it. */
  readonly live: KubeObject | undefined;
  /** The configuration as the client sent it, neither decoded nor defaulted. */
  readonly config: Json;
  /** metadata.managedFields as stored, '' for none. */
  readonly managedFieldsText: string;
  /** Take fields from others instead of answering with a conflict. */
  readonly force: boolean;
  /** Paths that this endpoint resets and so cannot own. */
  readonly resetFields?: FieldSet;
  readonly cache?: ManagersCache;
}

export interface Applied {
  /** The configuration laid over the live object, without managedFields: to be decoded and defaulted by the caller. Shares with both. */
  readonly object: Json;
  readonly managedFieldsText: string;
  /** False when the live object already was as wanted. */
  readonly changed: boolean;
}

const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Server-side apply (KEP-555): merges, removes what this manager applied before and nobody owns now, and moves ownership. Throws a
 * StatusError: 409 on conflicts, 400 on a configuration for another version or with managedFields, 500 on one that does not fit its schema.
 */
export function applyServerSide(options: ApplyOptions): Applied {
  const config = checkedConfig(options);
  const cache = options.cache ?? new ManagersCache(1);
  const start = withBeforeFirstApply(cache.read(options.managedFieldsText), options);
  let result = attempt(options, { config, start, force: options.force });
  if (result.conflicts) {
    const conflicts = withoutAllowed(result.conflicts, lastAppliedFields(options));
    if (conflicts.size > 0) throw applyConflict(conflicts, start);
    result = attempt(options, { config, start, force: true });
  }
  return { object: withSyncedAnnotation(result.object, options), managedFieldsText: cache.write(result.managers), changed: result.changed };
}

const textOf = (value: Json | undefined) => (typeof value === 'string' ? value : '');

function checkedConfig({ config, apiVersion, schema }: ApplyOptions): JsonObject {
  if (!isJsonObject(config)) throw statusErrors.badRequest('error decoding YAML: the body is not an object');
  if (config['apiVersion'] !== apiVersion) {
    throw statusErrors.badRequest(
      `Incorrect version specified in apply patch. Specified patch version: ${textOf(config['apiVersion'])}, expected: ${apiVersion}`,
    );
  }
  const metadata = config['metadata'];
  const managed = isJsonObject(metadata) ? metadata['managedFields'] : undefined;
  if (Array.isArray(managed)) throw statusErrors.badRequest('metadata.managedFields must be nil');
  const errors = configErrors(schema, config);
  if (errors.length === 0) return config;
  const of = isJsonObject(metadata) ? metadata : {};
  const who = `${textOf(of['namespace'])}/${textOf(of['name'])}; ${apiVersion}, Kind=${textOf(config['kind'])}`;
  const text = errors.length === 1 ? errors[0]! : `errors:\n${errors.map((e) => `  ${e}`).join('\n')}`;
  throw new StatusError(failure(500, '', `failed to create typed patch object (${who}): ${text}`));
}

/** An object that nobody tracked so far: what it holds is set down as one update, so that apply does not silently take it over. */
function withBeforeFirstApply(managers: Managers, { live, schema, apiVersion, nowMs }: ApplyOptions): Managers {
  if (managers.size > 0 || live === undefined) return managers;
  const set = strip(compareObjects(schema, {}, live as Json).added);
  const manager: Manager = { name: 'before-first-apply', operation: 'Update', apiVersion, subresource: '', time: formatTime(nowMs), set };
  return isEmptySet(set) ? managers : new Map([[managerId(manager), manager]]);
}

interface Attempt {
  readonly object: Json;
  readonly managers: Managers;
  readonly changed: boolean;
  readonly conflicts: ReadonlyMap<string, FieldSet> | undefined;
}

interface AttemptInput {
  readonly config: JsonObject;
  readonly start: Managers;
  readonly force: boolean;
}

function attempt(options: ApplyOptions, { config, start, force }: AttemptInput): Attempt {
  const { schema, resetFields } = options;
  const live = (options.live ?? { apiVersion: options.apiVersion, kind: config['kind'] }) as Json;
  const self: Omit<Manager, 'set' | 'time'> = {
    name: options.manager,
    operation: 'Apply',
    apiVersion: options.apiVersion,
    subresource: options.subresource,
  };
  const id = managerId(self);
  const last = start.get(id);
  const claimed = fieldsOf(schema, config);
  const set = resetFields ? recursiveDifference(claimed, resetFields) : claimed;
  const managers = new Map(start);
  managers.set(id, { ...self, time: last?.time ?? '', set });
  const merged = mergeObjects(schema, live, config);
  const object = last ? prune(merged, { schema, last: last.set, managers }) : merged;
  let comparison: Comparison = compareObjects(schema, live, object);
  if (resetFields) comparison = excludeFrom(comparison, resetFields);
  const changed = !isEmptySet(comparison.added) || !isEmptySet(comparison.modified) || !isEmptySet(comparison.removed);
  const conflicts = conflictsWith(managers, comparison, id);
  if (conflicts.size > 0 && !force) return { object, managers, changed, conflicts };
  yieldFields(managers, comparison, id);
  // A no-op keeps the time of the manager's last change.
  const time = changed || !last ? formatTime(options.nowMs) : last.time;
  putManager(managers, id, { ...self, time, set: strip(set) });
  capManagers(managers);
  return { object, managers, changed, conflicts: undefined };
}

interface PruneInput {
  readonly schema: ObjectSchema;
  readonly last: FieldSet;
  readonly managers: Managers;
}

/** Removes what this manager applied last time, applies no more, and nobody else owns. */
function prune(merged: Json, { schema, last, managers }: PruneInput): Json {
  let owned: FieldSet = emptySet;
  for (const manager of managers.values()) owned = union(owned, manager.set);
  const candidates = difference(withNamedFields(last, schema), withNamedFields(owned, schema));
  const gone = presentFields(candidates, merged, schema);
  return gone ? (removeFields(merged, gone, schema) ?? {}) : merged;
}

function lastAppliedOf(live: KubeObject | undefined): string | undefined {
  return getKey(live?.metadata?.annotations, lastAppliedAnnotation);
}

/** What kubectl may take over without conflict: the fields that its client-side apply has set, where the live object still has them so. */
function lastAppliedFields({ manager, live, schema, apiVersion }: ApplyOptions): FieldSet {
  const text = manager === 'kubectl' ? lastAppliedOf(live) : undefined;
  if (text === undefined) return emptySet;
  let config: Json;
  try {
    config = JSON.parse(text) as Json;
  } catch {
    return emptySet;
  }
  if (!isJsonObject(config) || config['apiVersion'] !== apiVersion || configErrors(schema, config).length > 0) return emptySet;
  const { added, modified, removed } = compareObjects(schema, config, live as Json);
  return [added, modified, removed].reduce(difference, fieldsOf(schema, config));
}

function withoutAllowed(conflicts: ReadonlyMap<string, FieldSet>, allowed: FieldSet): ReadonlyMap<string, FieldSet> {
  const out = new Map<string, FieldSet>();
  for (const [id, set] of conflicts) {
    const rest = difference(set, allowed);
    if (!isEmptySet(rest)) out.set(id, rest);
  }
  return out;
}

/** While client-side apply's annotation is there, kubectl's server-side apply keeps it in step, so that the user may go back. */
function withSyncedAnnotation(object: Json, { manager, live, config }: ApplyOptions): Json {
  if (manager !== 'kubectl' || lastAppliedOf(live) === undefined || !isJsonObject(object)) return object;
  const metadata = object['metadata'];
  if (!isJsonObject(metadata)) return object;
  const annotations = copyKeys<Json>(isJsonObject(metadata['annotations']) ? metadata['annotations'] : {});
  const text = `${sortedJson(withoutLastApplied(config))}\n`;
  if (Buffer.byteLength(text) > maxAnnotationsBytes) delete annotations[lastAppliedAnnotation];
  else setKey(annotations, lastAppliedAnnotation, text);
  return { ...object, metadata: { ...metadata, annotations } };
}

function withoutLastApplied(config: Json): Json {
  if (!isJsonObject(config) || !isJsonObject(config['metadata'])) return config;
  const { metadata } = config;
  const annotations = (metadata as JsonObject)['annotations'];
  if (!isJsonObject(annotations) || !hasKey(annotations, lastAppliedAnnotation)) return config;
  return { ...config, metadata: { ...(metadata as JsonObject), annotations: withoutKey(annotations, lastAppliedAnnotation) } };
}
