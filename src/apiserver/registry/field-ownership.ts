import type { Draft, KubeObject, ManagedFieldsEntry } from '../../apimachinery/index.ts';
import type { Resource } from '../resource.ts';

/** A write whose author becomes the owner of what it changed. */
export interface OwnedWrite {
  readonly resource: Resource;
  /** The stored object with its managedFields; undefined on create. */
  readonly live: KubeObject | undefined;
  /** As it will be stored. Its managedFields are those the client sent. */
  readonly object: Draft<KubeObject>;
  readonly manager: string;
  readonly subresource: string;
  readonly nowMs: number;
}

/** managedFields after a write that is no apply. */
export function ownershipAfterUpdate(write: OwnedWrite): readonly ManagedFieldsEntry[] | undefined {
  return write.live?.metadata?.managedFields;
}
