import { StatusError, failure } from '../apimachinery/index.ts';
import type { AuthenticatedRequest, HttpRequest, User } from '../http/index.ts';
import type { Authorizer } from './auth-types.ts';
import type { Impersonator } from './context.ts';
import { forbiddenError } from './filters/authorization.ts';

const userHeader = 'impersonate-user';
const groupHeader = 'impersonate-group';
const uidHeader = 'impersonate-uid';
const extraPrefix = 'impersonate-extra-';
const serviceAccountPrefix = 'system:serviceaccount:';
const anonymous = 'system:anonymous';
const authenticated = 'system:authenticated';
const unauthenticated = 'system:unauthenticated';

interface Wanted {
  readonly name: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: ReadonlyMap<string, readonly string[]>;
}

/** Several headers of one name have been joined by `, `. */
const valuesOf = (header: string | undefined) => (header === undefined || header === '' ? [] : header.split(', '));

function extraKey(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function wantedBy(request: HttpRequest): Wanted | undefined {
  const extra = new Map<string, readonly string[]>();
  for (const [header, value] of Object.entries(request.headers)) {
    if (header.startsWith(extraPrefix)) extra.set(extraKey(header.slice(extraPrefix.length)), valuesOf(value));
  }
  const wanted = {
    name: request.headers[userHeader] ?? '',
    uid: request.headers[uidHeader] ?? '',
    groups: valuesOf(request.headers[groupHeader]),
    extra,
  };
  if (wanted.name === '' && wanted.uid === '' && wanted.groups.length === 0 && extra.size === 0) return undefined;
  if (wanted.name !== '') return wanted;
  throw new StatusError(failure(500, 'InternalError', 'Internal error occurred: requested impersonation without impersonating a user'));
}

function serviceAccountOf(name: string): { readonly namespace: string; readonly name: string } | undefined {
  const [namespace, account, ...rest] = name.startsWith(serviceAccountPrefix) ? name.slice(serviceAccountPrefix.length).split(':') : [];
  return namespace && account && rest.length === 0 ? { namespace, name: account } : undefined;
}

interface Asked {
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

/** The rights that taking on this identity needs, each by verb `impersonate`. */
function rightsFor(wanted: Wanted): readonly Asked[] {
  const account = serviceAccountOf(wanted.name);
  const core = { group: '', subresource: '', namespace: '' };
  const authn = { group: 'authentication.k8s.io', subresource: '', namespace: '' };
  return [
    account ? { ...core, resource: 'serviceaccounts', ...account } : { ...core, resource: 'users', name: wanted.name },
    ...wanted.groups.map((name) => ({ ...core, resource: 'groups', name })),
    ...[...wanted.extra].flatMap(([key, values]) => values.map((name) => ({ ...authn, resource: 'userextras', subresource: key, name }))),
    ...(wanted.uid === '' ? [] : [{ ...authn, resource: 'uids', name: wanted.uid }]),
  ];
}

function impersonated(wanted: Wanted): User {
  const account = serviceAccountOf(wanted.name);
  const groups = [...wanted.groups];
  if (account && groups.length === 0) groups.push('system:serviceaccounts', `system:serviceaccounts:${account.namespace}`);
  const implied = wanted.name === anonymous ? unauthenticated : authenticated;
  if (!groups.includes(authenticated) && !groups.includes(unauthenticated)) groups.push(implied);
  return {
    name: wanted.name,
    groups,
    ...(wanted.uid === '' ? {} : { uid: wanted.uid }),
    ...(wanted.extra.size === 0 ? {} : { extra: Object.fromEntries(wanted.extra) }),
  };
}

async function checked(request: AuthenticatedRequest, wanted: Wanted, authorizer: Authorizer): Promise<User> {
  for (const right of rightsFor(wanted)) {
    const attributes = { ...right, user: request.user, verb: 'impersonate', isResourceRequest: true, version: '', path: '' };
    const decision = await authorizer.authorize(attributes);
    if (decision.verdict !== 'Allow') throw forbiddenError(attributes, decision.reason ?? '');
  }
  return impersonated(wanted);
}

/** Acts for the user of the Impersonate-* headers where the caller may; throws 403 where it may not. */
export function createImpersonator(authorizer: Authorizer): Impersonator {
  return (request) => {
    const wanted = wantedBy(request);
    return wanted ? checked(request, wanted, authorizer) : request.user;
  };
}
