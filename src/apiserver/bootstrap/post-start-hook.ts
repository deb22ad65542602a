import type { ServerContext } from '../context.ts';
import type { ApiServerOptions } from '../options.ts';

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
