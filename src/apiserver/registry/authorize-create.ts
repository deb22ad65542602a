import { authorizeOrThrow } from '../filters/authorization.ts';
import type { VerbScope } from './verb-scope.ts';

/** A PUT or apply that creates needs the right to create too. Throws 403. */
export async function authorizeCreate(scope: VerbScope): Promise<void> {
  const { info, user, registry } = scope;
  const pending = authorizeOrThrow(registry.authorizer, user, { ...info, verb: 'create' });
  if (pending) await pending;
}
