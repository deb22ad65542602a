import { isAlreadyExists, type KubeObject } from '../apimachinery/index.ts';
import type { Client } from '../client/index.ts';

const apiGroup = 'rbac.authorization.k8s.io';
const bootstrappers = 'system:bootstrappers:kubeadm:default-node-token';

interface Binding {
  readonly name: string;
  readonly role: string;
  readonly subject: { readonly kind: 'User' | 'Group' | 'ServiceAccount'; readonly name: string; readonly namespace?: string };
}

/** What kubeadm binds, under its names: clients of clusters made by it look for them. And what our own controller of DNS endpoints needs. */
const bindings: readonly Binding[] = [
  { name: 'kubeadm:kubelet-bootstrap', role: 'system:node-bootstrapper', subject: { kind: 'Group', name: bootstrappers } },
  {
    name: 'kubeadm:node-autoapprove-bootstrap',
    role: 'system:certificates.k8s.io:certificatesigningrequests:nodeclient',
    subject: { kind: 'Group', name: bootstrappers },
  },
  {
    name: 'kubeadm:node-autoapprove-certificate-rotation',
    role: 'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient',
    subject: { kind: 'Group', name: 'system:nodes' },
  },
  {
    name: 'kubets:kubelet-serving-approver',
    role: 'system:certificates.k8s.io:kubelet-serving-approver',
    subject: { kind: 'ServiceAccount', name: 'certificate-controller', namespace: 'kube-system' },
  },
  { name: 'kubets:node-dns', role: 'kubets:node-dns', subject: { kind: 'ServiceAccount', name: 'node-dns-controller', namespace: 'kube-system' } },
];

const nodeDnsRole: KubeObject = {
  apiVersion: `${apiGroup}/v1`,
  kind: 'ClusterRole',
  metadata: { name: 'kubets:node-dns' },
  ...{
    rules: [
      { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices', 'endpointslices/restricted'], verbs: ['get', 'create', 'patch', 'update'] },
      { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch', 'update'] },
    ],
  },
};

/** Lets nodes join and their certificates be approved. Creates what is missing; changes nothing that is there. */
export async function ensureBindings(client: Client): Promise<void> {
  await create(client, 'clusterroles', nodeDnsRole);
  for (const { name, role, subject } of bindings) {
    const isAccount = subject.kind === 'ServiceAccount';
    await create(client, 'clusterrolebindings', {
      apiVersion: `${apiGroup}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      ...{ roleRef: { apiGroup, kind: 'ClusterRole', name: role }, subjects: [isAccount ? subject : { ...subject, apiGroup }] },
    });
  }
}

async function create(client: Client, plural: string, object: KubeObject): Promise<void> {
  try {
    await client.resource(`${plural}.${apiGroup}`).create(object);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}
