import type { Container, PersistentVolume, Pod, Volume } from '../../api/index.ts';

/** Names in the pod's namespace that its node must be able to read for it. */
export interface PodReferences {
  readonly serviceAccount: string;
  readonly secrets: ReadonlySet<string>;
  readonly configMaps: ReadonlySet<string>;
  readonly claims: ReadonlySet<string>;
  readonly resourceClaims: ReadonlySet<string>;
}

interface Names {
  readonly secrets: Set<string>;
  readonly configMaps: Set<string>;
  readonly claims: Set<string>;
}

const add = (set: Set<string>, name: string | undefined) => void (name && set.add(name));

function fromContainer(container: Pick<Container, 'env' | 'envFrom'>, names: Names): void {
  for (const source of container.envFrom ?? []) {
    add(names.configMaps, source.configMapRef?.name);
    add(names.secrets, source.secretRef?.name);
  }
  for (const { valueFrom } of container.env ?? []) {
    add(names.configMaps, valueFrom?.configMapKeyRef?.name);
    add(names.secrets, valueFrom?.secretKeyRef?.name);
  }
}

function fromVolume(volume: Volume, pod: Pod, names: Names): void {
  add(names.secrets, volume.secret?.secretName);
  add(names.configMaps, volume.configMap?.name);
  add(names.claims, volume.persistentVolumeClaim?.claimName);
  if (volume.ephemeral) add(names.claims, `${pod.metadata?.name ?? ''}-${volume.name}`);
  for (const source of volume.projected?.sources ?? []) {
    add(names.secrets, source.secret?.name);
    add(names.configMaps, source.configMap?.name);
  }
  add(names.secrets, volume.csi?.nodePublishSecretRef?.name);
  for (const inTree of [volume.cephfs, volume.flexVolume, volume.iscsi, volume.rbd, volume.scaleIO, volume.storageos])
    add(names.secrets, inTree?.secretRef?.name);
  add(names.secrets, volume.azureFile?.secretName);
}

const known = new WeakMap<Pod, PodReferences>();

/** What a pod refers to. Remembered with the pod object. */
export function podReferences(pod: Pod): PodReferences {
  const before = known.get(pod);
  if (before) return before;
  const { spec, status } = pod;
  const names: Names = { secrets: new Set(), configMaps: new Set(), claims: new Set() };
  for (const secret of spec?.imagePullSecrets ?? []) add(names.secrets, secret.name);
  for (const list of [spec?.initContainers, spec?.containers, spec?.ephemeralContainers]) for (const c of list ?? []) fromContainer(c, names);
  for (const volume of spec?.volumes ?? []) fromVolume(volume, pod, names);
  const resourceClaims = new Set<string>();
  for (const claim of spec?.resourceClaims ?? []) add(resourceClaims, claim.resourceClaimName);
  for (const claim of status?.resourceClaimStatuses ?? []) add(resourceClaims, claim.resourceClaimName);
  const found: PodReferences = { ...names, serviceAccount: spec?.serviceAccountName ?? '', resourceClaims };
  known.set(pod, found);
  return found;
}

/** Secrets that mounting a volume needs, by namespace and name; without a namespace they are the claim's. */
export function volumeSecrets(volume: PersistentVolume): readonly { readonly namespace: string; readonly name: string }[] {
  const { spec } = volume;
  const inClaim = spec?.claimRef?.namespace ?? '';
  const refs = [
    spec?.csi?.nodePublishSecretRef,
    spec?.csi?.nodeStageSecretRef,
    spec?.csi?.nodeExpandSecretRef,
    spec?.cephfs?.secretRef,
    spec?.flexVolume?.secretRef,
    spec?.iscsi?.secretRef,
    spec?.rbd?.secretRef,
    spec?.scaleIO?.secretRef,
  ];
  const found = refs.flatMap((ref) => (ref?.name ? [{ namespace: ref.namespace || inClaim, name: ref.name }] : []));
  const azure = spec?.azureFile;
  return azure?.secretName ? [...found, { namespace: azure.secretNamespace || inClaim, name: azure.secretName }] : found;
}
