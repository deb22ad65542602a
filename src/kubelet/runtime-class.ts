import type { Pod, RuntimeClass } from '../api/index.ts';
import { isNotFound } from '../apimachinery/index.ts';
import type { Client } from '../client/index.ts';

/** The runtime's own name for the pod's RuntimeClass; undefined for its default. Rejects where there is no such class. */
export async function runtimeHandler(client: Client, pod: Pod): Promise<string | undefined> {
  const name = pod.spec?.runtimeClassName;
  if (!name) return undefined;
  try {
    return (await client.resource<RuntimeClass>('runtimeclasses.node.k8s.io').get(name)).handler;
  } catch (e) {
    if (isNotFound(e)) throw new Error(`failed to get sandbox runtime: RuntimeClass ${JSON.stringify(name)} not found`, { cause: e });
    throw e;
  }
}
