import type { AdmissionPlugin } from '../admission-types.ts';
import { isAbout } from './refusal.ts';

const finalizers: readonly (readonly [string, string])[] = [
  ['persistentvolumes', 'kubernetes.io/pv-protection'],
  ['persistentvolumeclaims', 'kubernetes.io/pvc-protection'],
];

/** Volumes and claims stay until nothing uses them. */
export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  handles: (operation) => operation === 'CREATE',
  admit(request) {
    const metadata = request.object?.metadata;
    const finalizer = finalizers.find(([resource]) => isAbout(request, '', resource))?.[1];
    if (finalizer === undefined || !metadata || metadata.finalizers?.includes(finalizer)) return;
    metadata.finalizers = [...(metadata.finalizers ?? []), finalizer];
  },
};
