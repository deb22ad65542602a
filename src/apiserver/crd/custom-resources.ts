import type { ServedResource } from '../catalog.ts';
import type { ServerContext } from '../context.ts';
import type { Resource } from '../resource.ts';

/** Serves what CustomResourceDefinitions define, from now on until closed. */
export async function startCustomResources(_context: ServerContext, _resourceOf: (served: ServedResource) => Resource): Promise<{ close(): void }> {
  return { close: () => {} };
}
