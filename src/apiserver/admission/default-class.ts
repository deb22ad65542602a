import { getKey, type KubeObject } from '../../apimachinery/index.ts';
import { betaStorageClass, type Ingress, type IngressClass, type PersistentVolumeClaim, type StorageClass } from '../../api/index.ts';
import type { AdmissionPlugin } from '../admission-types.ts';
import type { Lookup } from '../lookup.ts';
import { draftOf, isAbout } from './refusal.ts';

const storageClasses = { group: 'storage.k8s.io', resource: 'storageclasses' };
const ingressClasses = { group: 'networking.k8s.io', resource: 'ingressclasses' };
const storageDefaults = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];
const ingressDefaults = ['ingressclass.kubernetes.io/is-default-class'];
const ingressAnnotation = 'kubernetes.io/ingress.class';

/** Of several defaults the newest counts, of equally old ones the first by name. */
function defaultOf<T extends KubeObject>(classes: readonly T[], annotations: readonly string[]): string | undefined {
  const marked = classes.filter((c) => annotations.some((a) => getKey(c.metadata?.annotations, a) === 'true'));
  const age = (c: T) => Date.parse(c.metadata?.creationTimestamp ?? '') || 0;
  return marked.toSorted((a, b) => age(b) - age(a) || ((a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1))[0]?.metadata?.name;
}

/** Claims that name no class get the default one. */
export function defaultStorageClass(lookup: Lookup): AdmissionPlugin {
  return {
    name: 'DefaultStorageClass',
    handles: (operation) => operation === 'CREATE',
    async admit(request) {
      if (!isAbout(request, '', 'persistentvolumeclaims') || !request.object) return;
      const claim = draftOf<PersistentVolumeClaim>(request);
      if (!claim.spec || claim.spec.storageClassName !== undefined || betaStorageClass(claim) !== undefined) return;
      const name = defaultOf(await lookup.list<StorageClass>(storageClasses, ''), storageDefaults);
      if (name !== undefined) claim.spec.storageClassName = name;
    },
  };
}

/** Ingresses that name no class get the default one. */
export function defaultIngressClass(lookup: Lookup): AdmissionPlugin {
  return {
    name: 'DefaultIngressClass',
    handles: (operation) => operation === 'CREATE',
    async admit(request) {
      if (!isAbout(request, 'networking.k8s.io', 'ingresses') || !request.object) return;
      const ingress = draftOf<Ingress>(request);
      if (ingress.spec?.ingressClassName !== undefined || getKey(ingress.metadata?.annotations, ingressAnnotation) !== undefined) return;
      const name = defaultOf(await lookup.list<IngressClass>(ingressClasses, ''), ingressDefaults);
      if (name !== undefined) ingress.spec = { ...ingress.spec, ingressClassName: name };
    },
  };
}
