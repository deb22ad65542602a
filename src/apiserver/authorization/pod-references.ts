import { podReferences as specReferences, type PersistentVolume, type Pod, type PodReferences as SpecReferences } from '../../api/index.ts';

/** Names in the pod's namespace that its node must be able to read for it. */
export interface PodReferences extends SpecReferences {
  readonly serviceAccount: string;
  readonly resourceClaims: ReadonlySet<string>;
}

/** What a pod refers to: its spec's objects, the secrets of in-tree volumes, its account and the claims made for it. */
export function podReferences(pod: Pod): PodReferences {
  const { spec, status } = pod;
  const { secrets, configMaps, claims } = specReferences(pod);
  const more = new Set(secrets);
  const resourceClaims = new Set<string>();
  const add = (set: Set<string>, name: string | undefined) => void (name && set.add(name));
  for (const v of spec?.volumes ?? []) {
    for (const inTree of [v.cephfs, v.flexVolume, v.iscsi, v.rbd, v.scaleIO, v.storageos]) add(more, inTree?.secretRef?.name);
    add(more, v.azureFile?.secretName);
  }
  for (const claim of spec?.resourceClaims ?? []) add(resourceClaims, claim.resourceClaimName);
  for (const claim of status?.resourceClaimStatuses ?? []) add(resourceClaims, claim.resourceClaimName);
  return { secrets: more, configMaps, claims, serviceAccount: spec?.serviceAccountName ?? '', resourceClaims };
}

const known = new WeakMap<Pod, PodReferences>();

/** As `podReferences`, remembered with the object: for stored pods, which never change. */
export function storedPodReferences(pod: Pod): PodReferences {
  const before = known.get(pod);
  if (before) return before;
  const found = podReferences(pod);
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
