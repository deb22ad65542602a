import type { HttpRequest, User } from '../../http/index.ts';
import type { Authenticator } from '../auth-types.ts';
import { anonymousName, unauthenticatedGroup } from './names.ts';

const anonymous: User = { name: anonymousName, groups: [unauthenticatedGroup] };
const openPaths: readonly string[] = ['/livez', '/readyz', '/healthz'];

/** Lets senders without credentials ask for health, and nothing else. */
export const anonymousForHealth: Authenticator = {
  authenticate: ({ path }: HttpRequest) => (openPaths.some((open) => path === open || path.startsWith(`${open}/`)) ? anonymous : undefined),
};
