import type { Cell, Column } from '../../api/index.ts';
import { ageOf, type KubeObject, statusErrors } from '../../apimachinery/index.ts';
import type { ListResult, StoredObject } from '../../storage/index.ts';
import type { Resource } from '../resource.ts';
import { partialMetadataJson } from './metadata-bytes.ts';

export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** How rows are made: which object goes with them, and the time that ages are counted to. */
export interface RowOptions {
  readonly include: IncludeObject;
  readonly nowMs: number;
}

/** Reads `includeObject`; Metadata when absent. Throws 400. */
export function includeObjectOf(query: URLSearchParams): IncludeObject {
  const value = query.get('includeObject') ?? '';
  if (value === '') return 'Metadata';
  if (value === 'None' || value === 'Metadata' || value === 'Object') return value;
  throw statusErrors.badRequest(`unrecognized includeObject value: ${JSON.stringify(value)}`);
}

function columnJson(column: Column): string {
  return JSON.stringify({
    name: column.name,
    type: column.type === 'date' ? 'string' : column.type,
    format: column.format ?? (column.type === 'date' ? '' : ''),
    description: column.description ?? '',
    priority: column.priority ?? 0,
  });
}

const headsByResource = new WeakMap<Resource, string>();

/** `"columnDefinitions":[…]` of a resource, made once. */
export function columnDefinitions(resource: Resource): string {
  const known = headsByResource.get(resource);
  if (known !== undefined) return known;
  const made = `"columnDefinitions":[${resource.version.columns.map((c) => columnJson(c as Column)).join(',')}]`;
  headsByResource.set(resource, made);
  return made;
}

function shown(cell: Cell, nowMs: number): string | number | boolean | null {
  return typeof cell === 'object' && cell !== null ? `${cell.before ?? ''}${ageOf(cell.ageOf, nowMs)}${cell.after ?? ''}` : cell;
}

function cellsOf(resource: Resource, stored: StoredObject): readonly Cell[] {
  if (resource.version === resource.storageVersion) return stored.summary.cells;
  const object = resource.toServed(stored);
  return resource.version.columns.map((c) => (c as Column).value(object));
}

function objectJson(resource: Resource, stored: StoredObject, include: IncludeObject): string {
  if (include === 'None') return 'null';
  return include === 'Metadata' ? partialMetadataJson(stored) : JSON.stringify(resource.toServed(stored));
}

/** One row as JSON, from the summary's cells. */
export function rowJson(resource: Resource, stored: StoredObject, options: RowOptions): string {
  const cells = cellsOf(resource, stored).map((c) => shown(c, options.nowMs));
  return `{"cells":${JSON.stringify(cells)},"object":${objectJson(resource, stored, options.include)}}`;
}

/** What a table starts with, up to its rows. */
export function tableHead(metadata: string, columns: string): string {
  return `{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":{${metadata}},${columns},"rows":[`;
}

export const tableTail = ']}\n';

/** metav1.ListMeta's members as JSON. */
export function listMetaJson(list: ListResult): string {
  return [
    `"resourceVersion":"${list.revision}"`,
    ...(list.continue === '' ? [] : [`"continue":${JSON.stringify(list.continue)}`]),
    ...(list.remainingItemCount === undefined ? [] : [`"remainingItemCount":${list.remainingItemCount}`]),
  ].join(',');
}

/** The table of one object. */
export function singleTable(resource: Resource, stored: StoredObject, options: RowOptions): string {
  return `${tableHead(`"resourceVersion":"${stored.revision}"`, columnDefinitions(resource))}${rowJson(resource, stored, options)}${tableTail}`;
}

/** The row of a bookmark: it carries nothing but its metadata. */
export function bookmarkRow(resource: Resource, object: KubeObject): string {
  const partial = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
  return JSON.stringify({ cells: resource.version.columns.map(() => ''), object: partial });
}
