import type { GroupFacts } from './parse.ts';

export const rbacFacts: GroupFacts = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  alias: 'rbac.v1',
  openApiPrefix: 'io.k8s.api.rbac.v1',
  text: `
type PolicyRule
  verbs 1 []string
  apiGroups? 2 []string
  resources? 3 []string
  resourceNames? 4 []string
  nonResourceURLs? 5 []string

type Subject atomic
  kind 1 string
  apiGroup? 2 string
  name 3 string
  namespace? 4 string

type RoleRef atomic
  apiGroup? 1 string
  kind 2 string
  name 3 string

kind Role
  metadata? 1 meta.v1.ObjectMeta
  rules? 2 []PolicyRule

kind RoleBinding
  metadata? 1 meta.v1.ObjectMeta
  subjects? 2 []Subject
  roleRef 3 RoleRef

kind RoleBindingList
  metadata? 1 meta.v1.ListMeta
  items 2 []RoleBinding

kind RoleList
  metadata? 1 meta.v1.ListMeta
  items 2 []Role

kind ClusterRole
  metadata? 1 meta.v1.ObjectMeta
  rules? 2 []PolicyRule
  aggregationRule? 3 *AggregationRule

type AggregationRule
  clusterRoleSelectors? 1 []meta.v1.LabelSelector

kind ClusterRoleBinding
  metadata? 1 meta.v1.ObjectMeta
  subjects? 2 []Subject
  roleRef 3 RoleRef

kind ClusterRoleBindingList
  metadata? 1 meta.v1.ListMeta
  items 2 []ClusterRoleBinding

kind ClusterRoleList
  metadata? 1 meta.v1.ListMeta
  items 2 []ClusterRole
`,
};
