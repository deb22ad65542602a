import { getKey } from '../../apimachinery/index.ts';
import { mirrorPodAnnotation, type Node, type Pod } from '../../api/index.ts';
import { podReferences } from '../authorization/pod-references.ts';
import type { NodeRequest } from './node-request.ts';
import { refuse } from './refusal.ts';

const nodes = { group: '', resource: 'nodes' };

/** The pods that a kubelet makes are mirrors of its static pods: on itself, owned by its Node, using nothing of the API. */
export async function checkMirrorPod(by: NodeRequest): Promise<void> {
  const { node, request, lookup } = by;
  const pod = request.object as Pod | undefined;
  if (!pod) return;
  const name = JSON.stringify(node);
  if (getKey(pod.metadata?.annotations, mirrorPodAnnotation) === undefined) {
    throw refuse(request, `pod does not have ${JSON.stringify(mirrorPodAnnotation)} annotation, node ${name} can only create mirror pods`);
  }
  if (pod.spec?.nodeName !== node) throw refuse(request, `node ${name} can only create pods with spec.nodeName set to itself`);
  const owners = pod.metadata?.ownerReferences ?? [];
  if (owners.length > 1) throw refuse(request, `node ${name} can only create pods with a single owner reference set to itself`);
  const owner = owners[0];
  if (owner?.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node) {
    throw refuse(request, `node ${name} can only create pods with an owner reference set to itself`);
  }
  if (owner.controller !== true) throw refuse(request, `node ${name} can only create pods with a controller owner reference set to itself`);
  if (owner.blockOwnerDeletion === true) throw refuse(request, `node ${name} must not set blockOwnerDeletion on an owner reference`);
  const uid = (await lookup.get<Node>(nodes, '', node))?.metadata?.uid ?? '';
  if (owner.uid !== uid) throw refuse(request, `node ${node} UID mismatch: expected ${owner.uid} got ${uid}`);
  checkReferences(by, pod);
}

function checkReferences({ node, request }: NodeRequest, pod: Pod): void {
  const used = podReferences(pod);
  const kinds: readonly (readonly [string, boolean])[] = [
    ['a service account', used.serviceAccount !== ''],
    ['secrets', used.secrets.size > 0],
    ['configmaps', used.configMaps.size > 0],
    ['persistentvolumeclaims', used.claims.size > 0],
    ['resource claims', used.resourceClaims.size > 0],
  ];
  for (const [what, isUsed] of kinds) if (isUsed) throw refuse(request, `node ${JSON.stringify(node)} can not create pods that reference ${what}`);
}
