import type { Authenticator, Authorizer } from '../auth-types.ts';
import type { ServerContext } from '../context.ts';
import type { ApiServerOptions } from '../options.ts';

/** What the factories of handlers are given. */
export interface RestInit {
  readonly context: ServerContext;
  readonly options: ApiServerOptions;
  readonly authorizer: Authorizer;
  readonly authenticator: () => Authenticator;
}
