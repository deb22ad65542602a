import type { ServerContext } from '../context.ts';
import type { ApiServerOptions } from '../options.ts';

/** Something to be done before the server counts as ready. */
export interface PostStartHook {
  readonly name: string;
  run(): Promise<void>;
}

/** What a fresh cluster must have, in upstream's order. */
export function bootstrapHooks(_context: ServerContext, _options: ApiServerOptions): readonly PostStartHook[] {
  return [];
}
