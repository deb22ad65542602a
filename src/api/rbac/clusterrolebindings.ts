import { define } from '../define.ts';
import type { ClusterRoleBinding } from '../types.gen.ts';
import { bindingColumns } from './columns.ts';

export const clusterRoleBindings = define<ClusterRoleBinding>({
  group: 'rbac.authorization.k8s.io',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  strategy: { nameRule: 'pathSegment' },
  scope: 'Cluster',
  columns: bindingColumns,
});
