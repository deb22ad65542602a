import type { Lease, Node } from '../api/index.ts';
import { formatMicroTime, isAlreadyExists, isConflict, isNotFound } from '../apimachinery/index.ts';
import type { Clock, Logger } from '../base/index.ts';
import type { Client } from '../client/index.ts';

export interface NodeLeaseOptions {
  readonly client: Client;
  readonly nodeName: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** 40 when absent; renewed each quarter of it. */
  readonly leaseDurationSeconds?: number;
}

const namespace = 'kube-node-lease';
const firstRetryMs = 200;
const lastRetryMs = 7000;

/** Keeps the node's Lease in kube-node-lease: the sign that it lives. Failures are logged and tried again. Resolves after `signal` has aborted. */
export async function runNodeLease(options: NodeLeaseOptions): Promise<void> {
  const { clock, logger, signal, nodeName, leaseDurationSeconds = 40 } = options;
  const renewMs = (leaseDurationSeconds * 1000) / 4;
  let lease: Lease | undefined;
  let retryMs = firstRetryMs;
  while (!signal.aborted) {
    let waitMs = renewMs;
    try {
      lease = await renew(options, lease);
      retryMs = firstRetryMs;
    } catch (error) {
      if (signal.aborted) return;
      // Whatever it was, the next try starts from the server's own.
      lease = undefined;
      if (!isConflict(error)) logger.warn("the node's lease could not be renewed", { node: nodeName, error });
      waitMs = Math.min(retryMs, renewMs);
      retryMs = Math.min(retryMs * 2, lastRetryMs);
    }
    try {
      await clock.sleep(waitMs, signal);
    } catch {
      return;
    }
  }
}

async function renew(options: NodeLeaseOptions, last: Lease | undefined): Promise<Lease> {
  const { client, nodeName, clock, signal, leaseDurationSeconds = 40 } = options;
  const leases = client.resource<Lease>('leases');
  const current = last ?? (await leases.get({ namespace, name: nodeName }, { signal }).catch(absent));
  const spec = { ...current?.spec, holderIdentity: nodeName, leaseDurationSeconds, renewTime: formatMicroTime(clock.now()) };
  const owners = current?.metadata?.ownerReferences ?? [];
  const ownerReferences = owners.length > 0 ? owners : await ownerOf(options);
  const metadata = { ...current?.metadata, namespace, name: nodeName, ownerReferences };
  if (current) return await leases.update({ ...current, metadata, spec }, { signal });
  try {
    return await leases.create({ metadata, spec }, { signal });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    return await renew(options, await leases.get({ namespace, name: nodeName }, { signal }));
  }
}

/** The Node owns its lease, once it is there. */
async function ownerOf({ client, nodeName, signal }: NodeLeaseOptions) {
  const node = await client.resource<Node>('nodes').get(nodeName, { signal }).catch(absent);
  const uid = node?.metadata?.uid;
  return uid === undefined ? [] : [{ apiVersion: 'v1', kind: 'Node', name: nodeName, uid }];
}

function absent(error: unknown): undefined {
  if (isNotFound(error)) return undefined;
  throw error;
}
