import type { Draft } from '../../apimachinery/index.ts';
import { getKey } from '../../apimachinery/index.ts';
import { mirrorPodAnnotation, type Pod, type ServiceAccount, type Volume, type VolumeMount } from '../../api/index.ts';
import type { Rng } from '../../base/index.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission-types.ts';
import { podReferences } from '../authorization/pod-references.ts';
import type { Lookup } from '../lookup.ts';
import { draftOf, isAbout, refuse } from './refusal.ts';

const serviceAccounts = { group: '', resource: 'serviceaccounts' };
const enforceAnnotation = 'kubernetes.io/enforce-mountable-secrets';
const volumePrefix = 'kube-api-access-';
const tokenMountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
const tokenSeconds = 3607;
const rootCaConfigMap = 'kube-root-ca.crt';
const nameAlphabet = 'bcdfghjklmnpqrstvwxz2456789';

const isMirror = (pod: Pod) => getKey(pod.metadata?.annotations, mirrorPodAnnotation) !== undefined;

/** Pods get a service account, its token and root certificate as a volume, and its image pull secrets. */
export function serviceAccount(lookup: Lookup, rng: Rng): AdmissionPlugin {
  return {
    name: 'ServiceAccount',
    handles: (operation) => operation === 'CREATE',
    async admit(request) {
      if (!isAbout(request, '', 'pods') || !request.object) return;
      const pod = draftOf<Pod>(request);
      const { spec } = pod;
      if (!spec || isMirror(pod)) return;
      spec.serviceAccountName ||= 'default';
      spec.serviceAccount = spec.serviceAccountName;
      const account = await accountOf(lookup, request, spec.serviceAccountName);
      if (spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) mountToken(pod, rng);
      if ((spec.imagePullSecrets ?? []).length === 0 && account.imagePullSecrets) {
        spec.imagePullSecrets = account.imagePullSecrets.map(({ name }) => (name === undefined ? {} : { name }));
      }
    },
    async validate(request) {
      if (!isAbout(request, '', 'pods') || !request.object) return;
      const pod: Pod = request.object;
      if (isMirror(pod)) return checkMirror(request, pod);
      const name = pod.spec?.serviceAccountName ?? '';
      if (name === '') throw refuse(request, `no service account specified for pod ${request.namespace}/${pod.metadata?.name ?? ''}`);
      const account = await accountOf(lookup, request, name);
      if (getKey(account.metadata?.annotations, enforceAnnotation) === 'true') checkSecrets(request, pod, account);
    },
  };
}

async function accountOf(lookup: Lookup, request: AdmissionRequest, name: string): Promise<ServiceAccount> {
  const found =
    lookup.peek<ServiceAccount>(serviceAccounts, request.namespace, name) ??
    (await lookup.get<ServiceAccount>(serviceAccounts, request.namespace, name));
  if (found) return found;
  throw refuse(request, `error looking up service account ${request.namespace}/${name}: serviceaccount ${JSON.stringify(name)} not found`);
}

/** The projected volume that holds a pod's token, the cluster's root certificate and the pod's namespace. */
function tokenVolume(name: string): Draft<Volume> {
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: tokenSeconds, path: 'token' } },
        { configMap: { name: rootCaConfigMap, items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
      ],
      defaultMode: 0o644,
    },
  };
}

function mountToken({ spec }: Draft<Pod>, rng: Rng): void {
  if (!spec) return;
  const existing = spec.volumes?.find((v) => v.name.startsWith(volumePrefix))?.name;
  const name = existing ?? volumePrefix + rng.string(5, nameAlphabet);
  const mount: VolumeMount = { name, readOnly: true, mountPath: tokenMountPath };
  let needed = false;
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    if (container.volumeMounts?.some((m) => m.mountPath === tokenMountPath)) continue;
    container.volumeMounts = [...(container.volumeMounts ?? []), { ...mount }];
    needed = true;
  }
  if (needed && existing === undefined) spec.volumes = [...(spec.volumes ?? []), tokenVolume(name)];
}

function checkMirror(request: AdmissionRequest, pod: Pod): void {
  if (pod.spec?.serviceAccountName) throw refuse(request, 'a mirror pod may not reference service accounts');
  if (podReferences(pod).secrets.size > 0) throw refuse(request, 'a mirror pod may not reference secrets');
  const hasToken = pod.spec?.volumes?.some((v) => v.projected?.sources?.some((s) => s.serviceAccountToken));
  if (hasToken) throw refuse(request, 'a mirror pod may not use ServiceAccountToken volume projections');
}

function checkSecrets(request: AdmissionRequest, pod: Pod, account: ServiceAccount): void {
  const name = account.metadata?.name ?? '';
  const mountable = new Set((account.secrets ?? []).map((s) => s.name));
  const pull = new Set((account.imagePullSecrets ?? []).map((s) => s.name));
  for (const volume of pod.spec?.volumes ?? []) {
    const secret = volume.secret?.secretName;
    if (secret !== undefined && !mountable.has(secret)) {
      throw refuse(
        request,
        `volume with secret.secretName=${JSON.stringify(secret)} is not allowed because service account ${name} does not reference that secret`,
      );
    }
  }
  for (const [i, secret] of (pod.spec?.imagePullSecrets ?? []).entries()) {
    if (pull.has(secret.name)) continue;
    throw refuse(
      request,
      `imagePullSecrets[${i}].name=${JSON.stringify(secret.name ?? '')} is not allowed because service account ${name} does not reference that imagePullSecret`,
    );
  }
}
