import { define } from '../define.ts';
import type { ClusterRoleBinding } from '../types.gen.ts';
import { bindingColumns } from './columns.ts';
import { defaultBinding, validateBinding, validateBindingUpdate } from './validate.ts';

const kinds = ['ClusterRole'];

export const clusterRoleBindings = define<ClusterRoleBinding>({
  group: 'rbac.authorization.k8s.io',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  strategy: {
    nameRule: 'pathSegment',
    allowCreateOnUpdate: true,
    default: defaultBinding,
    validate: (o) => validateBinding(o, kinds),
    validateUpdate: (o, old) => validateBindingUpdate(o, old, kinds),
  },
  scope: 'Cluster',
  columns: bindingColumns,
});
