import { errorText } from '../../base/index.ts';
import { type Json, equalJson, isStatusError } from '../../apimachinery/index.ts';
import type { CertificateSigningRequest, Eviction, Node, Pod, TokenRequest } from '../../api/index.ts';
import { parseSigningRequest } from '../../pki/index.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission-types.ts';
import { nodeNameOf } from '../authorization/node-identity.ts';
import type { Lookup } from '../lookup.ts';
import { forbiddenNodeLabels } from './node-labels.ts';
import { checkMirrorPod } from './node-mirror-pod.ts';
import type { NodeRequest } from './node-request.ts';
import { refuse } from './refusal.ts';

const pods = { group: '', resource: 'pods' };
const leaseNamespace = 'kube-node-lease';
const kubeletSigners: ReadonlySet<string> = new Set(['kubernetes.io/kubelet-serving', 'kubernetes.io/kube-apiserver-client-kubelet']);

/** Kubelets change only what is theirs: their own node and lease, and the pods bound to them. */
export function nodeRestriction(lookup: Lookup): AdmissionPlugin {
  return {
    name: 'NodeRestriction',
    handles: (operation) => operation !== 'CONNECT',
    admit(request) {
      const node = nodeNameOf(request.user);
      return node === '' ? undefined : restrict({ node, request, lookup });
    },
  };
}

function restrict(by: NodeRequest): void | Promise<void> {
  const { request } = by;
  switch (`${request.group}/${request.resource}`) {
    case '/pods':
      return restrictPod(by);
    case '/nodes':
      return restrictNode(by);
    case '/persistentvolumeclaims':
      if (request.subresource !== 'status') throw refuse(request, 'may only update PVC status');
      return undefined;
    case '/serviceaccounts':
      return restrictToken(by);
    case 'coordination.k8s.io/leases':
      return restrictLease(by);
    case 'storage.k8s.io/csinodes':
      if (ownName(request) !== by.node) throw refuse(request, 'can only access CSINode with the same name as the requesting node');
      return undefined;
    case 'certificates.k8s.io/certificatesigningrequests':
      return restrictSigningRequest(by);
    default:
      return undefined;
  }
}

const ownName = (request: AdmissionRequest) => request.name || (request.object?.metadata?.name ?? '');
const quoted = (text: string) => JSON.stringify(text);

function restrictPod(by: NodeRequest): void | Promise<void> {
  const { node, request } = by;
  switch (request.subresource) {
    case '':
      if (request.operation === 'CREATE') return checkMirrorPod(by);
      if (request.operation === 'DELETE') return restrictPodDeletion(by);
      throw refuse(request, `unexpected operation ${quoted(request.operation)}, node ${quoted(node)} can only create and delete mirror pods`);
    case 'status':
      return restrictPodStatus(by);
    case 'eviction':
      return restrictEviction(by);
    default:
      throw refuse(request, `unexpected pod subresource ${quoted(request.subresource)}, only 'status' and 'eviction' are allowed`);
  }
}

async function restrictPodDeletion({ node, request, lookup }: NodeRequest): Promise<void> {
  const pod = await lookup.get<Pod>(pods, request.namespace, request.name);
  if (pod && pod.spec?.nodeName !== node) throw refuse(request, `node ${quoted(node)} can only delete pods with spec.nodeName set to itself`);
}

function restrictPodStatus({ node, request }: NodeRequest): void {
  if (request.operation !== 'UPDATE') throw refuse(request, `unexpected operation ${quoted(request.operation)}`);
  const old = request.oldObject as Pod | undefined;
  const pod = request.object as Pod | undefined;
  if (old?.spec?.nodeName !== node)
    throw refuse(request, `node ${quoted(node)} can only update pod status for pods with spec.nodeName set to itself`);
  if (!equalJson(old.metadata?.labels ?? {}, pod?.metadata?.labels ?? {}))
    throw refuse(request, `node ${quoted(node)} cannot update labels through pod status`);
  const claims = (of: Pod | undefined) => (of?.status?.resourceClaimStatuses ?? []) as unknown as Json;
  if (!equalJson(claims(old), claims(pod))) throw refuse(request, `node ${quoted(node)} cannot update resource claim statuses`);
}

async function restrictEviction({ node, request, lookup }: NodeRequest): Promise<void> {
  if (request.operation !== 'CREATE') throw refuse(request, `unexpected operation ${request.operation}`);
  const eviction = request.object as Eviction | undefined;
  const name = request.name || (eviction?.metadata?.name ?? '');
  if (name === '') throw refuse(request, 'could not determine pod from request data');
  const pod = await lookup.get<Pod>(pods, request.namespace, name);
  if (pod && pod.spec?.nodeName !== node) throw refuse(request, `node ${node} can only evict pods with spec.nodeName set to itself`);
}

function restrictNode({ node, request }: NodeRequest): void {
  const requested = ownName(request);
  if (requested !== node) throw refuse(request, `node ${quoted(node)} is not allowed to modify node ${quoted(requested)}`);
  const object = request.object as Node | undefined;
  if (!object || request.operation === 'DELETE') return;
  const old = request.operation === 'UPDATE' ? (request.oldObject as Node | undefined) : undefined;
  const forbidden = forbiddenNodeLabels(object.metadata?.labels, old?.metadata?.labels);
  if (request.operation === 'CREATE') {
    if (forbidden.length > 0) throw refuse(request, `node ${quoted(node)} is not allowed to set the following labels: ${forbidden.join(', ')}`);
    return;
  }
  const taints = (of: Node | undefined) => (of?.spec?.taints ?? []) as unknown as Json;
  if (!equalJson(taints(object), taints(old))) throw refuse(request, `node ${quoted(node)} is not allowed to modify taints`);
  if (forbidden.length > 0) throw refuse(request, `is not allowed to modify labels: ${forbidden.join(', ')}`);
  const owners = (of: Node | undefined) => (of?.metadata?.ownerReferences ?? []) as unknown as Json;
  if (!equalJson(owners(object), owners(old))) throw refuse(request, `node ${quoted(node)} is not allowed to modify ownerReferences`);
}

/** Tokens only for pods that run on the node. */
async function restrictToken({ node, request, lookup }: NodeRequest): Promise<void> {
  if (request.operation !== 'CREATE' || request.subresource !== 'token') return;
  const bound = (request.object as TokenRequest | undefined)?.spec?.boundObjectRef;
  if (bound?.apiVersion !== 'v1' || bound.kind !== 'Pod' || !bound.name) throw refuse(request, 'node requested token not bound to a pod');
  if (!bound.uid) throw refuse(request, 'node requested token with a pod binding without a uid');
  const pod = await lookup.get<Pod>(pods, request.namespace, bound.name);
  if (pod?.metadata?.uid !== bound.uid) {
    throw refuse(
      request,
      `the UID in the bound object reference (${bound.uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  }
  if (pod.spec?.nodeName !== node) throw refuse(request, 'node requested token bound to a pod scheduled on a different node');
}

function restrictLease({ node, request }: NodeRequest): void {
  if (request.namespace !== leaseNamespace) throw refuse(request, `can only access leases in the ${quoted(leaseNamespace)} system namespace`);
  if (ownName(request) !== node) throw refuse(request, 'can only access node lease with the same name as the requesting node');
}

async function restrictSigningRequest({ node, request }: NodeRequest): Promise<void> {
  if (request.operation !== 'CREATE' || request.subresource !== '') return;
  const spec = (request.object as CertificateSigningRequest | undefined)?.spec;
  if (!spec || !kubeletSigners.has(spec.signerName)) return;
  const wanted = `system:node:${node}`;
  let commonName: string | undefined;
  try {
    const pem = Buffer.from(spec.request, 'base64').toString('utf8');
    commonName = (await parseSigningRequest(pem)).subject.commonName;
  } catch (error) {
    if (isStatusError(error)) throw error;
    throw refuse(request, `unable to parse csr: ${errorText(error)}`);
  }
  if (commonName !== wanted) throw refuse(request, `can only create a node CSR with CN=${wanted}`);
}
