import type { Json, KubeObject, ManagedFieldsEntry } from '../meta.ts';
import type { ObjectSchema } from '../schema.ts';
import { formatTime } from '../time.ts';
import { type Comparison, compareObjects, excludeFrom } from './compare.ts';
import { type FieldSet, difference, emptySet, intersection, isEmptySet, setOfFields, union } from './field-set.ts';
import { type Manager, type Managers, ManagersCache, capManagers, managerId, managersOf, putManager } from './managers.ts';

/** Fields that nobody owns. */
const unowned = setOfFields([
  'apiVersion',
  'kind',
  'metadata',
  'metadata.name',
  'metadata.namespace',
  'metadata.creationTimestamp',
  'metadata.selfLink',
  'metadata.uid',
  'metadata.clusterName',
  'metadata.generation',
  'metadata.managedFields',
  'metadata.resourceVersion',
]);

export const strip = (set: FieldSet): FieldSet => difference(set, unowned);

export interface ManagerInfo {
  /** fieldManager of the request, or the start of its User-Agent. */
  readonly manager: string;
  readonly apiVersion: string;
  /** '' on the main resource. */
  readonly subresource: string;
  readonly nowMs: number;
}

export interface UpdateOptions extends ManagerInfo {
  readonly schema: ObjectSchema;
  /** The stored object, undefined on create. */
  readonly before: KubeObject | undefined;
  /** The object to be stored, decoded and defaulted. */
  readonly after: KubeObject;
  /** metadata.managedFields as stored, '' for none. */
  readonly managedFieldsText: string;
  /** What the request's body says of managedFields (not through a subresource): it replaces the stored ones if it can be read; `[{}]` empties them. */
  readonly requestManagedFields?: readonly ManagedFieldsEntry[];
  /** Paths that this endpoint resets and so cannot own: `status` on the main resource, `spec` on `/status`. */
  readonly resetFields?: FieldSet;
  readonly cache?: ManagersCache;
}

/** Takes what a comparison changed away from all managers but `self`, whose sets only lose what is removed. */
export function yieldFields(managers: Map<string, Manager>, comparison: Comparison, self: string): void {
  const changed = union(comparison.modified, comparison.added);
  for (const [id, manager] of managers) {
    const kept = id === self ? manager.set : difference(manager.set, changed);
    const set = difference(kept, comparison.removed);
    if (set !== manager.set) putManager(managers, id, { ...manager, set });
  }
}

/** What others own of what a comparison changes, by manager. */
export function conflictsWith(managers: Managers, comparison: Comparison, self: string): ReadonlyMap<string, FieldSet> {
  const changed = union(comparison.modified, comparison.added);
  const out = new Map<string, FieldSet>();
  for (const [id, manager] of managers) {
    if (id === self) continue;
    const set = intersection(manager.set, changed);
    if (!isEmptySet(set)) out.set(id, set);
  }
  return out;
}

/** `[{}]`: the way for a client to empty managedFields. */
function isReset(entries: readonly ManagedFieldsEntry[]): boolean {
  return entries.length === 1 && Object.keys(entries[0]!).length === 0;
}

function startingManagers(options: UpdateOptions, cache: ManagersCache): { readonly managers: Managers; readonly replaced: boolean } {
  const given = options.requestManagedFields;
  if (given && given.length > 0 && options.subresource === '') {
    const read = managersOf(given);
    if (read && read.size > 0) return { managers: read, replaced: true };
  }
  return { managers: cache.read(options.managedFieldsText), replaced: false };
}

/**
 * managedFields after a create, update or non-apply patch: the manager gains what it added or changed, everyone loses what is gone. The
 * text comes back as it was when nothing that can be owned has changed. Its time is that of the manager's last change.
 */
export function updateManagedFields(options: UpdateOptions): string {
  const cache = options.cache ?? new ManagersCache(1);
  if (options.subresource === '' && options.requestManagedFields && isReset(options.requestManagedFields)) return '';
  const { managers: start, replaced } = startingManagers(options, cache);
  let comparison = compareObjects(options.schema, (options.before ?? {}) as Json, options.after as Json);
  if (options.resetFields) comparison = excludeFrom(comparison, options.resetFields);
  const gained = strip(union(comparison.added, comparison.modified));
  const removed = strip(comparison.removed);
  if (isEmptySet(gained) && isEmptySet(removed)) return replaced ? cache.write(start) : options.managedFieldsText;
  const managers = new Map(start);
  const self: Omit<Manager, 'set'> = {
    name: options.manager,
    operation: 'Update',
    apiVersion: options.apiVersion,
    subresource: options.subresource,
    time: formatTime(options.nowMs),
  };
  const id = managerId(self);
  yieldFields(managers, { added: gained, modified: emptySet, removed }, id);
  if (!isEmptySet(gained)) putManager(managers, id, { ...self, set: union(managers.get(id)?.set ?? emptySet, gained) });
  capManagers(managers);
  return cache.write(managers);
}
