import type { Authenticator, Authorizer } from '../auth-types.ts';
import type { PostStartHook } from '../bootstrap/hooks.ts';
import type { ServerContext } from '../context.ts';
import type { ApiServerOptions } from '../options.ts';
import type { RestHandler } from './rest-handler.ts';
import type { RestHooks } from './rest-hooks.ts';

export interface RestInit {
  readonly context: ServerContext;
  readonly options: ApiServerOptions;
  readonly authorizer: Authorizer;
  readonly authenticator: () => Authenticator;
}

/** All that is more than stored objects. */
export interface RestParts {
  readonly handlers: readonly RestHandler[];
  readonly hooks: readonly RestHooks[];
  readonly start: readonly PostStartHook[];
  readonly close: readonly (() => void)[];
}

export function restParts(_init: RestInit): RestParts {
  return { handlers: [], hooks: [], start: [], close: [] };
}
