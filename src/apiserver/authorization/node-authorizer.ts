import { type FieldSelector, parseFieldSelector } from '../../apimachinery/index.ts';
import type { PersistentVolume, PersistentVolumeClaim, Pod, VolumeAttachment } from '../../api/index.ts';
import type { AuthorizationAttributes, Authorizer, Decision, PolicyRule } from '../auth-types.ts';
import type { Lookup } from '../lookup.ts';
import { nodeNameOf } from './node-identity.ts';
import { storedPodReferences, volumeSecrets } from './pod-references.ts';
import { ruleAllows } from './rules.ts';

const allow: Decision = { verdict: 'Allow' };
const no = (reason: string): Decision => ({ verdict: 'NoOpinion', ...(reason === '' ? {} : { reason }) });
const pods = { group: '', resource: 'pods' };
const claims = { group: '', resource: 'persistentvolumeclaims' };
const volumes = { group: '', resource: 'persistentvolumes' };
const attachments = { group: 'storage.k8s.io', resource: 'volumeattachments' };
const writeVerbs = new Set(['get', 'create', 'update', 'patch', 'delete']);
const leaseNamespace = 'kube-node-lease';

type Readable = 'secrets' | 'configMaps';

function selectorOf(a: AuthorizationAttributes): FieldSelector | undefined {
  try {
    return a.fieldSelector === undefined ? undefined : parseFieldSelector(a.fieldSelector);
  } catch {
    return undefined;
  }
}

/**
 * What kubelets may do: fixed rules, and for what belongs to pods, only what the pods on their node refer to. Pods are looked up in the
 * cache's index by node at each question, so that nothing has to be kept in step.
 */
export class NodeAuthorizer implements Authorizer {
  readonly #lookup: Lookup;
  readonly #rules: readonly PolicyRule[];

  /** `rules`: of the ClusterRole system:node, for what is not divided by node. */
  constructor(lookup: Lookup, rules: readonly PolicyRule[]) {
    this.#lookup = lookup;
    this.#rules = rules;
  }

  authorize(a: AuthorizationAttributes): Decision | Promise<Decision> {
    const node = nodeNameOf(a.user);
    if (node === '') return { verdict: 'NoOpinion' };
    const divided = a.isResourceRequest ? this.#divided(node, a) : undefined;
    if (divided) return divided;
    return this.#rules.some((rule) => ruleAllows(rule, a)) ? allow : no('');
  }

  #divided(node: string, a: AuthorizationAttributes): Decision | Promise<Decision> | undefined {
    switch (`${a.group}/${a.resource}`) {
      case '/secrets':
        return this.#namespacedRead(node, 'secrets', a);
      case '/configmaps':
        return this.#namespacedRead(node, 'configMaps', a);
      case '/persistentvolumeclaims':
        return a.subresource === 'status' ? this.#claimStatus(node, a) : this.#single(node, a, (pod) => storedPodReferences(pod).claims.has(a.name));
      case '/persistentvolumes':
        return this.#volume(node, a);
      case 'storage.k8s.io/volumeattachments':
        return this.#attachment(node, a);
      case 'resource.k8s.io/resourceclaims':
        return this.#single(node, a, (pod) => storedPodReferences(pod).resourceClaims.has(a.name));
      case '/serviceaccounts':
        return this.#serviceAccount(node, a);
      case 'coordination.k8s.io/leases':
        return leases(node, a);
      case 'storage.k8s.io/csinodes':
        return csiNodes(node, a);
      case 'resource.k8s.io/resourceslices':
        return resourceSlices(node, a);
      case '/nodes':
        return nodes(node, a);
      case '/pods':
        return this.#pods(node, a);
      default:
        return undefined;
    }
  }

  async #related(node: string, namespace: string, refers: (pod: Pod) => boolean): Promise<Decision> {
    const found = await this.#lookup.podsOnNode<Pod>(node, namespace);
    return found.some(refers) ? allow : unrelated(node);
  }

  #namespacedRead(node: string, kind: Readable, a: AuthorizationAttributes): Decision | Promise<Decision> {
    if (a.verb !== 'get' && a.verb !== 'list' && a.verb !== 'watch') return no('can only read resources of this type');
    if (a.subresource !== '') return no('cannot read subresource');
    if (a.namespace === '') return no('can only read namespaced object of this type');
    if (a.name === '') return no('No Object name found');
    return this.#read(node, kind, a);
  }

  async #read(node: string, kind: Readable, a: AuthorizationAttributes): Promise<Decision> {
    const direct = await this.#related(node, a.namespace, (pod) => storedPodReferences(pod)[kind].has(a.name));
    if (direct.verdict === 'Allow' || kind === 'configMaps') return direct;
    const all = await this.#lookup.podsOnNode<Pod>(node, '');
    const viaVolume = all.some((pod) =>
      this.#volumesOf(pod).some((v) => volumeSecrets(v).some((s) => s.namespace === a.namespace && s.name === a.name)),
    );
    return viaVolume ? allow : direct;
  }

  /** The volumes that a pod's claims are bound to. */
  #volumesOf(pod: Pod): readonly PersistentVolume[] {
    const namespace = pod.metadata?.namespace ?? '';
    return [...storedPodReferences(pod).claims].flatMap((name) => {
      const volumeName = this.#lookup.peek<PersistentVolumeClaim>(claims, namespace, name)?.spec?.volumeName;
      const volume = volumeName ? this.#lookup.peek<PersistentVolume>(volumes, '', volumeName) : undefined;
      return volume?.spec?.claimRef?.name === name && volume.spec.claimRef.namespace === namespace ? [volume] : [];
    });
  }

  #single(node: string, a: AuthorizationAttributes, refers: (pod: Pod) => boolean): Decision | Promise<Decision> {
    return notSingle(a) ?? this.#related(node, a.namespace, refers);
  }

  #claimStatus(node: string, a: AuthorizationAttributes): Decision | Promise<Decision> {
    if (a.verb !== 'get' && a.verb !== 'update' && a.verb !== 'patch') return no('can only get/update/patch this type');
    return this.#related(node, a.namespace, (pod) => storedPodReferences(pod).claims.has(a.name));
  }

  #volume(node: string, a: AuthorizationAttributes): Decision | Promise<Decision> {
    const refused = notSingle(a);
    if (refused) return refused;
    const claim = this.#lookup.peek<PersistentVolume>(volumes, '', a.name)?.spec?.claimRef;
    if (!claim?.name) return unrelated(node);
    return this.#related(node, claim.namespace ?? '', (pod) => storedPodReferences(pod).claims.has(claim.name!));
  }

  #attachment(node: string, a: AuthorizationAttributes): Decision {
    const refused = notSingle(a);
    if (refused) return refused;
    return this.#lookup.peek<VolumeAttachment>(attachments, '', a.name)?.spec?.nodeName === node ? allow : unrelated(node);
  }

  #serviceAccount(node: string, a: AuthorizationAttributes): Decision | Promise<Decision> {
    const uses = (pod: Pod) => storedPodReferences(pod).serviceAccount === a.name;
    if (a.verb === 'get' && a.subresource === '') return this.#single(node, a, uses);
    if (a.verb !== 'create' || a.name === '') return no('can only create tokens for individual service accounts');
    if (a.subresource !== 'token') return no('can only create token subresource of service account');
    return this.#related(node, a.namespace, uses);
  }

  #pods(node: string, a: AuthorizationAttributes): Decision {
    if (a.subresource === 'status') return a.verb === 'update' || a.verb === 'patch' ? allow : no('');
    if (a.subresource === 'eviction') return a.verb === 'create' ? allow : no('');
    if (a.subresource !== '') return no('');
    switch (a.verb) {
      case 'create':
      case 'delete':
        return allow;
      case 'get':
        return this.#lookup.peek<Pod>(pods, a.namespace, a.name)?.spec?.nodeName === node ? allow : unrelated(node);
      case 'list':
      case 'watch':
        return selectorOf(a)?.exactMatch('spec.nodeName') === node ? allow : no('can only list/watch pods with spec.nodeName field selector');
      default:
        return no('');
    }
  }
}

function unrelated(node: string): Decision {
  return no(`no relationship found between node '${node}' and this object`);
}

function notSingle(a: AuthorizationAttributes): Decision | undefined {
  if (a.verb !== 'get') return no('can only get individual resources of this type');
  if (a.subresource !== '') return no('cannot get subresource');
  return a.name === '' ? no('No Object name found') : undefined;
}

function leases(node: string, a: AuthorizationAttributes): Decision {
  if (!writeVerbs.has(a.verb)) return no('can only get, create, update, patch, or delete a node lease');
  if (a.namespace !== leaseNamespace) return no(`can only access leases in the "${leaseNamespace}" system namespace`);
  if (a.verb !== 'create' && a.name !== node) return no('can only access node lease with the same name as the requesting node');
  return allow;
}

function csiNodes(node: string, a: AuthorizationAttributes): Decision {
  if (!writeVerbs.has(a.verb)) return no('can only get, create, update, patch, or delete a CSINode');
  if (a.subresource !== '') return no('cannot authorize CSINode subresources');
  if (a.verb !== 'create' && a.name !== node) return no('can only access CSINode with the same name as the requesting node');
  return allow;
}

/** By name they are checked on admission, which knows the slice's node. */
function resourceSlices(node: string, a: AuthorizationAttributes): Decision {
  if (a.subresource !== '') return no('cannot authorize ResourceSlice subresources');
  if (writeVerbs.has(a.verb)) return allow;
  if (a.verb !== 'list' && a.verb !== 'watch' && a.verb !== 'deletecollection')
    return no('only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection');
  return selectorOf(a)?.exactMatch('spec.nodeName') === node
    ? allow
    : no('can only list/watch/deletecollection resourceslices with nodeName field selector');
}

function nodes(node: string, a: AuthorizationAttributes): Decision {
  if (a.subresource === 'status') return a.verb === 'update' || a.verb === 'patch' ? allow : no('');
  if (a.subresource !== '') return no('');
  switch (a.verb) {
    case 'create':
    case 'update':
    case 'patch':
      // Which node it is, is for NodeRestriction to say.
      return allow;
    case 'get':
    case 'list':
    case 'watch':
      return a.name === node ? allow : no(`node '${node}' cannot read '${a.name}', only its own Node object`);
    default:
      return no('');
  }
}
