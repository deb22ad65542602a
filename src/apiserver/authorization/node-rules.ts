import type { PolicyRule } from '../auth-types.ts';

const rule = (apiGroups: string, resources: string, verbs: string): PolicyRule => ({
  apiGroups: apiGroups.split(',').map((g) => (g === 'core' ? '' : g)),
  resources: resources.split(','),
  verbs: verbs.split(','),
});

/** What any kubelet may do whatever runs on it (upstream's ClusterRole system:node, which is bound to nobody). */
export const nodeRules: readonly PolicyRule[] = [
  rule('authentication.k8s.io', 'tokenreviews', 'create'),
  rule('authorization.k8s.io', 'localsubjectaccessreviews,subjectaccessreviews', 'create'),
  rule('core', 'services', 'get,list,watch'),
  rule('core,events.k8s.io', 'events', 'create,patch,update'),
  rule('core', 'endpoints', 'get'),
  rule('certificates.k8s.io', 'certificatesigningrequests', 'create,get,list,watch'),
  rule('storage.k8s.io', 'csidrivers', 'get,list,watch'),
  rule('node.k8s.io', 'runtimeclasses', 'get,list,watch'),
];
