import { ageOf } from './human-duration.ts';
import type { Json, KubeObject, ListMeta } from './meta.ts';

/** A cell as columns make it: a value, or a time whose age is computed when the table is sent. */
export type TableCell =
  | string
  | number
  | boolean
  | null
  | { readonly ageOf: string | null | undefined; readonly before?: string; readonly after?: string };

export interface TableColumn {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  readonly priority?: number;
}

export interface TableColumnDefinition {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  readonly priority: number;
}

export interface TableRow {
  readonly cells: readonly Json[];
  readonly object?: Json;
}

/** meta.k8s.io/v1 Table: what `kubectl get` prints. */
export interface Table {
  readonly kind: 'Table';
  readonly apiVersion: string;
  readonly metadata: ListMeta;
  readonly columnDefinitions: readonly TableColumnDefinition[];
  readonly rows: readonly TableRow[];
}

/** What a row carries of its object, by the request's `includeObject`. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

export function tableColumns(columns: readonly TableColumn[]): readonly TableColumnDefinition[] {
  return columns.map(({ name, type, format = '', description = '', priority = 0 }) => ({
    name,
    type: type === 'date' ? 'string' : type,
    format,
    description,
    priority,
  }));
}

/** A cell as it is sent: ages by `nowMs`, with the text around them. */
export function tableCell(cell: TableCell, nowMs: number): Json {
  if (typeof cell !== 'object' || cell === null) return cell;
  return `${cell.before ?? ''}${ageOf(cell.ageOf, nowMs)}${cell.after ?? ''}`;
}

/** Cells as they are sent, ages by `nowMs`. */
export function tableCells(cells: readonly TableCell[], nowMs: number): readonly Json[] {
  return cells.map((cell) => tableCell(cell, nowMs));
}

/** The object's metadata as meta.k8s.io PartialObjectMetadata. */
export function partialObjectMetadata(object: KubeObject, version = 'v1'): KubeObject {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata: object.metadata ?? {} };
}

export interface TableOptions {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly { readonly cells: readonly TableCell[]; readonly object?: KubeObject }[];
  readonly metadata: ListMeta;
  readonly includeObject: IncludeObject;
  readonly nowMs: number;
  /** Of meta.k8s.io, as negotiated: `v1` or `v1beta1`. */
  readonly version?: string;
  /** Frames of a watch after the first leave the columns out. */
  readonly withoutColumns?: boolean;
}

export function buildTable(options: TableOptions): Table {
  const { columns, rows, metadata, includeObject, nowMs, version = 'v1' } = options;
  const carried = (object: KubeObject | undefined): { readonly object?: Json } => {
    if (!object || includeObject === 'None') return {};
    return { object: (includeObject === 'Object' ? object : partialObjectMetadata(object, version)) as Json };
  };
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: options.withoutColumns === true ? [] : tableColumns(columns),
    rows: rows.map(({ cells, object }) => ({ cells: tableCells(cells, nowMs), ...carried(object) })),
  };
}
