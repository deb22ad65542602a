import { getKey, type KubeObject } from '../../apimachinery/index.ts';

export const betaStorageClassAnnotation = 'volume.beta.kubernetes.io/storage-class';

/** The storage class named by the old annotation, which wins over the field. */
export function betaStorageClass(obj: KubeObject): string | undefined {
  return getKey(obj.metadata?.annotations, betaStorageClassAnnotation);
}
