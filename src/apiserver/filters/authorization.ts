import { failure, type GroupResource, StatusError, statusErrors } from '../../apimachinery/index.ts';
import type { User } from '../../http/index.ts';
import type { AuthorizationAttributes, Authorizer, Decision } from '../auth-types.ts';
import type { RequestInfo } from './request-info.ts';
import type { Filter, RequestScope } from './scope.ts';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const escaped = (text: string) => text.replace(/[&<>]/g, (c) => escapes[c]!);

export function attributesOf(user: User, info: RequestInfo, query?: URLSearchParams): AuthorizationAttributes {
  const fieldSelector = query?.get('fieldSelector');
  const labelSelector = query?.get('labelSelector');
  return {
    user,
    verb: info.verb,
    isResourceRequest: info.isResourceRequest,
    group: info.group,
    version: info.version,
    resource: info.resource,
    subresource: info.subresource,
    namespace: info.namespace,
    name: info.name,
    path: info.path,
    ...(fieldSelector ? { fieldSelector } : {}),
    ...(labelSelector ? { labelSelector } : {}),
  };
}

/** The 403 of a request that no authorizer allows. */
export function forbiddenError(attributes: AuthorizationAttributes, reason: string): StatusError {
  const a = attributes;
  const because = reason === '' ? '' : `: ${reason}`;
  if (!a.isResourceRequest) {
    const message = `forbidden: User ${JSON.stringify(a.user.name)} cannot ${a.verb} path ${JSON.stringify(a.path)}${because}`;
    return new StatusError(failure(403, 'Forbidden', escaped(message), {}));
  }
  const resource = a.subresource === '' ? a.resource : `${a.resource}/${a.subresource}`;
  const where = a.namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(a.namespace)}`;
  const why = `User ${JSON.stringify(a.user.name)} cannot ${a.verb} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(a.group)} ${where}${because}`;
  const groupResource: GroupResource = { group: a.group, resource: a.resource };
  const { status } = statusErrors.forbidden(groupResource, a.name, why);
  return new StatusError({ ...status, message: escaped(status.message ?? '') });
}

function throwUnlessAllowed(decision: Decision, attributes: AuthorizationAttributes): void {
  if (decision.verdict !== 'Allow') throw forbiddenError(attributes, decision.reason ?? '');
}

/** Throws 403 unless the authorizer allows it; returns a promise only where it had to wait. */
export function authorizeOrThrow(authorizer: Authorizer, user: User, info: RequestInfo, query?: URLSearchParams): Promise<void> | undefined {
  const attributes = attributesOf(user, info, query);
  const decision = authorizer.authorize(attributes);
  if (decision instanceof Promise) return decision.then((d) => throwUnlessAllowed(d, attributes));
  throwUnlessAllowed(decision, attributes);
  return undefined;
}

/** Lets only those requests pass that the authorizer allows. */
export function authorization(authorizer: () => Authorizer): Filter {
  return (next) => async (scope: RequestScope) => {
    const pending = authorizeOrThrow(authorizer(), scope.user, scope.info, scope.request.query);
    if (pending) await pending;
    return next(scope);
  };
}
