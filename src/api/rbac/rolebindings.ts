import { define } from '../define.ts';
import type { RoleBinding } from '../types.gen.ts';
import { bindingColumns } from './columns.ts';
import { defaultBinding, validateBinding, validateBindingUpdate } from './validate.ts';

const kinds = ['Role', 'ClusterRole'];

export const roleBindings = define<RoleBinding>({
  group: 'rbac.authorization.k8s.io',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  strategy: {
    nameRule: 'pathSegment',
    allowCreateOnUpdate: true,
    default: defaultBinding,
    validate: (o) => validateBinding(o, kinds),
    validateUpdate: (o, old) => validateBindingUpdate(o, old, kinds),
  },
  columns: bindingColumns,
});
