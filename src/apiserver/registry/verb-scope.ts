import type { RequestContext } from '../../api/index.ts';
import type { User } from '../../http/index.ts';
import type { AdmissionPlugin } from '../admission-types.ts';
import type { ServerContext } from '../context.ts';
import type { RequestInfo } from '../filters/request-info.ts';
import type { RequestScope } from '../filters/scope.ts';
import type { ApiServerLimits } from '../options.ts';
import type { Resource } from '../resource.ts';
import type { RestHooks } from '../rest/rest-hooks.ts';
import type { Authorizer } from '../auth-types.ts';

/** What all verbs of one server work with. */
export interface Registry {
  readonly context: ServerContext;
  readonly limits: ApiServerLimits;
  readonly authorizer: Authorizer;
  readonly admission: readonly AdmissionPlugin[];
  /** The runtime form of a served resource. */
  resource(group: string, version: string, plural: string): Resource | undefined;
  hooksOf(resource: Resource): RestHooks | undefined;
}

/** One request for one resource: what a verb is given. */
export interface VerbScope extends RequestScope {
  readonly registry: Registry;
  readonly resource: Resource;
}

export interface WriteFlags {
  readonly verb: RequestContext['verb'];
  readonly dryRun: boolean;
}

/** What strategy hooks may know of a request. */
export function hookContext(
  scope: { readonly user: User; readonly info: RequestInfo; readonly registry: Registry },
  flags: WriteFlags,
): RequestContext {
  return {
    user: scope.user,
    verb: flags.verb,
    subresource: scope.info.subresource,
    dryRun: flags.dryRun,
    nowMs: scope.registry.context.clock.now(),
  };
}

/** Where the request's object lives. */
export function keyOf(scope: VerbScope, name = scope.info.name): { readonly namespace: string; readonly name: string } {
  return { namespace: scope.resource.namespaced ? scope.info.namespace : '', name };
}
