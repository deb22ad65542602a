import { define } from '../define.ts';
import type { RoleBinding } from '../types.gen.ts';
import { bindingColumns } from './columns.ts';

export const roleBindings = define<RoleBinding>({
  group: 'rbac.authorization.k8s.io',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  strategy: { nameRule: 'pathSegment' },
  columns: bindingColumns,
});
