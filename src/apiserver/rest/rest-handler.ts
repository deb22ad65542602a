import type { Reply } from '../../http/index.ts';
import type { VerbScope } from '../registry/verb-scope.ts';

/** What answers a resource or subresource that is more than a stored object. */
export interface RestHandler {
  readonly group: string;
  readonly resource: string;
  /** '' = the main resource; verbs that are not named here are the generic registry's. */
  readonly subresource: string;
  readonly verbs: Readonly<Partial<Record<string, (scope: VerbScope) => Promise<Reply>>>>;
  /** Nothing but `verbs` is served, on the main resource too. */
  readonly exclusive?: boolean;
}
