import type { Json, ManagedFieldsEntry } from '../meta.ts';
import { type FieldSet, isEmptySet, union } from './field-set.ts';
import { formatFieldsV1, parseFieldsV1 } from './fields-v1.ts';

/** One manager's entry of metadata.managedFields, its fields as a set. */
export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  /** RFC 3339; '' when the entry has none. */
  readonly time: string;
  readonly set: FieldSet;
}

/** By identity: who did it, by which operation, through which subresource and, for updates, in which version. */
export type Managers = ReadonlyMap<string, Manager>;

/** More updaters than this are folded, oldest first, into `ancient-changes`. */
export const maxUpdateManagers = 10;
const ancientChanges = 'ancient-changes';

type Identity = Omit<Manager, 'set' | 'time'>;

/** The identity's text is that of upstream (an entry's JSON without time and fields), because conflicts are sorted by it. */
export function managerId(m: Identity): string {
  return JSON.stringify({
    ...(m.name === '' ? {} : { manager: m.name }),
    operation: m.operation,
    ...(m.operation === 'Apply' || m.apiVersion === '' ? {} : { apiVersion: m.apiVersion }),
    ...(m.subresource === '' ? {} : { subresource: m.subresource }),
  });
}

/** Managers of parsed entries; undefined when one of them cannot be understood (upstream then takes the live object's). */
export function managersOf(entries: readonly ManagedFieldsEntry[]): Managers | undefined {
  const out = new Map<string, Manager>();
  for (const e of entries) {
    if (e.operation !== 'Apply' && e.operation !== 'Update') return undefined;
    if (e.fieldsType !== 'FieldsV1' || e.apiVersion === undefined || e.apiVersion === '') return undefined;
    const manager: Manager = {
      name: e.manager ?? '',
      operation: e.operation,
      apiVersion: e.apiVersion,
      subresource: e.subresource ?? '',
      time: e.time ?? '',
      set: parseFieldsV1(e.fieldsV1),
    };
    const id = managerId(manager);
    const same = out.get(id);
    out.set(id, same ? { ...manager, set: union(same.set, manager.set) } : manager);
  }
  return out;
}

/** What `managedFields` texts mean, for reuse: the texts of many objects are alike, and a writer's last text is its next input. Bounded. */
export class ManagersCache {
  readonly #limit: number;
  readonly #byText = new Map<string, Managers>();

  /** `limit`: texts held; the longest unused goes first. */
  constructor(limit = 512) {
    this.#limit = limit;
  }

  read(text: string): Managers {
    if (text === '' || text === '[]' || text === 'null') return noManagers;
    const known = this.#byText.get(text);
    if (known) {
      this.#byText.delete(text);
      this.#byText.set(text, known);
      return known;
    }
    const managers = managersOf(JSON.parse(text) as ManagedFieldsEntry[]) ?? noManagers;
    this.#put(text, managers);
    return managers;
  }

  /** Writes managers in their canonical order, and remembers the text. */
  write(managers: Managers): string {
    const text = formatManagers(managers);
    if (text !== '') this.#put(text, managers);
    return text;
  }

  #put(text: string, managers: Managers): void {
    this.#byText.set(text, managers);
    if (this.#byText.size > this.#limit) this.#byText.delete(this.#byText.keys().next().value!);
  }
}

export const noManagers: Managers = new Map();

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function compareManagers(a: Manager, b: Manager): number {
  return (
    order(a.operation, b.operation) ||
    order(a.time, b.time) ||
    order(a.name, b.name) ||
    order(a.apiVersion, b.apiVersion) ||
    order(a.subresource, b.subresource)
  );
}

/** `''` for none. */
export function formatManagers(managers: Managers): string {
  if (managers.size === 0) return '';
  return `[${[...managers.values()].sort(compareManagers).map(formatManager).join(',')}]`;
}

function formatManager(m: Manager): string {
  const time = m.time === '' ? '' : `,"time":"${m.time}"`;
  const subresource = m.subresource === '' ? '' : `,"subresource":${JSON.stringify(m.subresource)}`;
  const name = m.name === '' ? '' : `"manager":${JSON.stringify(m.name)},`;
  return `{${name}"operation":"${m.operation}","apiVersion":${JSON.stringify(m.apiVersion)}${time},"fieldsType":"FieldsV1","fieldsV1":${formatFieldsV1(m.set)}${subresource}}`;
}

export function putManager(managers: Map<string, Manager>, id: string, manager: Manager): void {
  if (isEmptySet(manager.set)) managers.delete(id);
  else managers.set(id, manager);
}

/** Folds the oldest updaters of one version into one entry while there are more than `maxUpdateManagers`. */
export function capManagers(managers: Map<string, Manager>): void {
  const updaters = [...managers].filter(([, m]) => m.operation === 'Update');
  let count = updaters.length;
  if (count <= maxUpdateManagers) return;
  updaters.sort(([a, x], [b, y]) => order(x.time, y.time) || order(a, b));
  const firstOf = new Map<string, string>();
  for (const [id, manager] of updaters) {
    if (count <= maxUpdateManagers) return;
    const version = manager.apiVersion;
    const first = firstOf.get(version);
    if (first === undefined) {
      firstOf.set(version, id);
      continue;
    }
    const bucket: Identity = { name: ancientChanges, operation: 'Update', apiVersion: version, subresource: '' };
    const bucketId = managerId(bucket);
    let held = managers.get(bucketId);
    if (!held) {
      held = managers.get(first)!;
      managers.delete(first);
    }
    managers.delete(id);
    managers.set(bucketId, { ...bucket, time: manager.time, set: union(held.set, manager.set) });
    count--;
  }
}

/** Parsed entries as JSON, for objects that carry them. */
export function managedFieldsJson(text: string): readonly Json[] {
  return text === '' ? [] : (JSON.parse(text) as Json[]);
}
