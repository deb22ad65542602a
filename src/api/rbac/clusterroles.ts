import { define } from '../define.ts';
import type { ClusterRole } from '../types.gen.ts';
import { validateClusterRole } from './validate.ts';

export const clusterRoles = define<ClusterRole>({
  group: 'rbac.authorization.k8s.io',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  strategy: { nameRule: 'pathSegment', allowCreateOnUpdate: true, validate: validateClusterRole, validateUpdate: validateClusterRole },
  scope: 'Cluster',
});
