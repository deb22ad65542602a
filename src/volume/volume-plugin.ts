import type { ConfigMap, PersistentVolume, Pod, Secret, Volume } from '../api/index.ts';

/** Where a volume's content comes from, beyond the pod itself. Undefined = there is no such object. */
export interface VolumeSources {
  configMap(namespace: string, name: string): Promise<ConfigMap | undefined>;
  secret(namespace: string, name: string): Promise<Secret | undefined>;
  /** The volume that a claim is bound to; absent where claims are not served. Throws `VolumeError` while there is no claim or it is not bound. */
  persistentVolume?(namespace: string, claim: string): Promise<PersistentVolume>;
  /** A token of the pod's service account, bound to the pod; renewed by its issuer's rules, not here. */
  serviceAccountToken(pod: Pod, request: { readonly audience?: string; readonly expirationSeconds: number }): Promise<string>;
}

/** Changes to the host that are more than files. */
export interface MountHost {
  mountTmpfs(dir: string, options: { readonly sizeBytes?: number }): Promise<void>;
  isMountPoint(dir: string): Promise<boolean>;
  unmount(dir: string): Promise<void>;
}

export interface VolumeContext {
  readonly pod: Pod;
  /** The pod's own folder on the node; volumes live in `volumes/<plugin>/<name>` below it. */
  readonly podDir: string;
  readonly sources: VolumeSources;
  readonly host: MountHost;
  /** What downward API fields show of the node: cpu in thousandths, memory in bytes. */
  readonly nodeAllocatable: ReadonlyMap<string, number>;
}

/** What keeps a pod from starting until it is mended: printed in a FailedMount event. */
export class VolumeError extends Error {
  override readonly name = 'VolumeError';
}

/** One kind of volume: a file here and a line in the registry. */
export interface VolumePlugin {
  readonly name: `kubernetes.io/${string}`;
  canSupport(volume: Volume): boolean;
  /** Makes the content and resolves with the path on the node; may be called again for a volume that is there. Throws `VolumeError`. */
  setUp(volume: Volume, context: VolumeContext): Promise<string>;
  /** Content that follows its source while the pod runs: called from time to time. */
  readonly refreshes?: boolean;
}
