import type { Draft, KubeObject } from '../../apimachinery/index.ts';

/** What was set aside for a write: kept when the write is stored, given back when it is not. */
export interface Reservation {
  commit(): void | Promise<void>;
  rollback(): void | Promise<void>;
}

export interface HookFlags {
  readonly dryRun: boolean;
}

/** What a kind with state of its own adds to the generic verbs: allocation, side effects. One set a resource. */
export interface RestHooks {
  readonly group: string;
  readonly resource: string;
  /** After admission and prepareForCreate, before validation: may fill the object. */
  beginCreate?(object: Draft<KubeObject>, flags: HookFlags): Promise<Reservation | undefined>;
  /** The same for an update of the main resource. */
  beginUpdate?(object: Draft<KubeObject>, old: KubeObject, flags: HookFlags): Promise<Reservation | undefined>;
  /** Before a deletion marks or removes the object: throws to refuse. */
  beforeDelete?(old: KubeObject): void | Promise<void>;
  /** Once the object has gone from the store. */
  afterDelete?(old: KubeObject): void | Promise<void>;
  /** Changes the object at the moment it is marked for deletion. True: it stays although no finalizer holds it (namespaces). */
  onMarkDeleted?(object: Draft<KubeObject>): boolean;
}
