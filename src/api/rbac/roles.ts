import { define } from '../define.ts';
import type { Role } from '../types.gen.ts';

export const roles = define<Role>({ group: 'rbac.authorization.k8s.io', kind: 'Role', plural: 'roles', strategy: { nameRule: 'pathSegment' } });
