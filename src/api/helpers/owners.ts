import type { KubeObject, OwnerReference } from '../../apimachinery/index.ts';

/** The one owner that controls an object. */
export function controllerOf(obj: KubeObject): OwnerReference | undefined {
  return obj.metadata?.ownerReferences?.find((r) => r.controller === true);
}

export function isControlledBy(obj: KubeObject, owner: KubeObject): boolean {
  return controllerOf(obj)?.uid === owner.metadata?.uid;
}

/** The reference by which `owner`, of the kind named, controls what it makes. */
export function controllerRef(owner: KubeObject, kind: { readonly apiVersion: string; readonly kind: string }): OwnerReference {
  return { ...kind, name: owner.metadata?.name ?? '', uid: owner.metadata?.uid ?? '', controller: true, blockOwnerDeletion: true };
}
