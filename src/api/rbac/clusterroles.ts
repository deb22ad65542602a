import { define } from '../define.ts';
import type { ClusterRole } from '../types.gen.ts';

export const clusterRoles = define<ClusterRole>({
  group: 'rbac.authorization.k8s.io',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  strategy: { nameRule: 'pathSegment' },
  scope: 'Cluster',
});
