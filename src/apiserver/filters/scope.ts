import type { AuthenticatedRequest, Reply, User } from '../../http/index.ts';
import type { RequestInfo } from './request-info.ts';

/** One request on its way through the filters. */
export interface RequestScope {
  readonly request: AuthenticatedRequest;
  /** Who the request acts for: the impersonated user where there is one. */
  user: User;
  readonly info: RequestInfo;
  /** The resource asked for is one that the server has; set on the way. */
  served?: boolean;
  /** Texts for `Warning` headers, gathered on the way. */
  readonly warnings: string[];
}

/** What is left to do for a request. */
export type Stage = (scope: RequestScope) => Promise<Reply>;

/** One step on the way: does its part, then calls `next`, or throws a `StatusError`. */
export type Filter = (next: Stage) => Stage;

/** The filters around `inner`, the first one outermost. */
export function chain(filters: readonly Filter[], inner: Stage): Stage {
  return filters.reduceRight((next, filter) => filter(next), inner);
}
