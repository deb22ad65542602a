import { define } from '../define.ts';
import type { Role } from '../types.gen.ts';
import { validateRole } from './validate.ts';

export const roles = define<Role>({
  group: 'rbac.authorization.k8s.io',
  kind: 'Role',
  plural: 'roles',
  strategy: {
    nameRule: 'pathSegment',
    allowCreateOnUpdate: true,
    validate: (o) => validateRole(o, true),
    validateUpdate: (o) => validateRole(o, true),
  },
});
