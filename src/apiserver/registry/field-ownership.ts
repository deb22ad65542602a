import { type FieldSet, type KubeObject, type ManagedFieldsEntry, setOfFields, updateManagedFields } from '../../apimachinery/index.ts';
import type { StoredObject } from '../../storage/index.ts';
import type { Resource } from '../resource.ts';
import { hasStatusSubresource } from './write-rules.ts';

const onMain = setOfFields(['status']);
const onStatus = setOfFields(['spec']);

/** What writes through an endpoint cannot own, because it is reset there. */
export function resetFields(resource: Resource, subresource: string): FieldSet | undefined {
  if (subresource === 'status') return onStatus;
  return subresource === '' && hasStatusSubresource(resource.definition) ? onMain : undefined;
}

/** A write whose author becomes the owner of what it changed. */
export interface OwnedWrite {
  readonly resource: Resource;
  /** Undefined on create. */
  readonly live: StoredObject | undefined;
  /** As it will be stored. */
  readonly object: KubeObject;
  /** What the client's body said of managedFields. */
  readonly sent: readonly ManagedFieldsEntry[] | undefined;
  readonly manager: string;
  readonly subresource: string;
  readonly nowMs: number;
}

/** managedFields, as text, after a write that is no apply. */
export function ownershipAfterUpdate(write: OwnedWrite): string {
  const { resource, live } = write;
  const reset = resetFields(resource, write.subresource);
  return updateManagedFields({
    schema: resource.storageVersion.schema,
    before: live?.bare(),
    after: write.object,
    managedFieldsText: live?.managedFields ?? '',
    manager: write.manager,
    apiVersion: resource.storageApiVersion,
    subresource: write.subresource,
    nowMs: write.nowMs,
    cache: resource.managers,
    ...(reset === undefined ? {} : { resetFields: reset }),
    ...(write.sent === undefined ? {} : { requestManagedFields: write.sent }),
  });
}
