import type { ServerContext } from '../context.ts';
import type { ApiServerOptions } from '../options.ts';
import { clusterAuthenticationInfo } from './cluster-authentication-info.ts';
import { kubernetesService } from './kubernetes-service.ts';
import { priorityClasses } from './priority-classes.ts';
import { rbacRoles } from './rbac-roles.ts';
import { serviceCidr } from './service-cidr.ts';
import { systemNamespaces } from './system-namespaces.ts';

/** Something to be done before the server counts as ready; what goes on afterwards ends with `signal`. */
export interface PostStartHook {
  readonly name: string;
  run(): Promise<void>;
}

export interface BootstrapInit {
  readonly context: ServerContext;
  readonly options: ApiServerOptions;
  /** Aborts when the server closes. */
  readonly signal: AbortSignal;
}

/** What a fresh cluster must have. Order matters: the Service and some roles need their Namespaces. Kinds that are not served are left out. */
export function bootstrapHooks(init: BootstrapInit): readonly PostStartHook[] {
  return [systemNamespaces, rbacRoles, priorityClasses, clusterAuthenticationInfo, serviceCidr, kubernetesService].flatMap((make) => make(init));
}
