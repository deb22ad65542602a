import type { KubeObject } from '../apimachinery/index.ts';
import type { Cell } from '../api/index.ts';

/** What selectors, indexes and tables need of an object, built when it is loaded and never stored. */
export interface Summary {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>> | undefined;
  /** Values of the definition's selectable fields, in the order of their names there. */
  readonly fields: readonly string[];
  /** Printer cells of the storage version. */
  readonly cells: readonly Cell[];
}

/**
 * An object as the store holds it: immutable canonical JSON of the storage version, managedFields apart, the revision beside.
 * GET, LIST and WATCH send it without parsing.
 */
export interface StoredObject {
  readonly summary: Summary;
  readonly revision: number;
  /** managedFields as JSON text; '' when there are none. Decoded at each access. */
  readonly managedFields: string;
  /** From after `{"metadata":{"resourceVersion":"N",` on, without managedFields. */
  readonly rest: Uint8Array;
  /** The same with managedFields in front: what is sent after the spliced revision. */
  readonly body: Uint8Array;
  /** The parsed object in the storage version with kind, apiVersion, resourceVersion and managedFields; short-lived, shared, read-only. */
  value(): KubeObject;
  /** `value()` without managedFields: half the parse. */
  bare(): KubeObject;
}
