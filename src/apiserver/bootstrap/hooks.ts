import { clusterAuthenticationInfo } from './cluster-authentication-info.ts';
import { kubernetesService } from './kubernetes-service.ts';
import type { BootstrapInit, PostStartHook } from './post-start-hook.ts';
import { priorityClasses } from './priority-classes.ts';
import { rbacRoles } from './rbac-roles.ts';
import { serviceCidr } from './service-cidr.ts';
import { systemNamespaces } from './system-namespaces.ts';

/** What a fresh cluster must have. Order matters: the Service and some roles need their Namespaces. Kinds that are not served are left out. */
export function bootstrapHooks(init: BootstrapInit): readonly PostStartHook[] {
  return [systemNamespaces, rbacRoles, priorityClasses, clusterAuthenticationInfo, serviceCidr, kubernetesService].flatMap((make) => make(init));
}
