import { defaultContainerAnnotation, type Node, type Pod } from '../../../api/index.ts';
import { failure, StatusError, statusErrors } from '../../../apimachinery/index.ts';
import type { ServerContext } from '../../context.ts';
import type { KubeletDialer, KubeletTarget } from '../kubelet-dialer.ts';

const addressTypes = ['InternalIP', 'ExternalIP', 'Hostname'] as const;
const defaultKubeletPort = 10250;

/** Where a node's kubelet is reached. Throws 500 where the Node tells no address. */
export function kubeletOf(node: Node): { readonly nodeName: string; readonly host: string; readonly port: number } {
  const nodeName = node.metadata?.name ?? '';
  const addresses = node.status?.addresses ?? [];
  for (const type of addressTypes) {
    const host = addresses.find((a) => a.type === type)?.address;
    if (host) return { nodeName, host, port: node.status?.daemonEndpoints?.kubeletEndpoint?.Port || defaultKubeletPort };
  }
  throw new StatusError(failure(500, '', `no preferred addresses found; known addresses: []`));
}

/** The kubelet of the node that a Pod is bound to. Throws 404 for a node that is not there, 503 where this server reaches none. */
export async function kubeletTarget(context: ServerContext, dialer: KubeletDialer | undefined, nodeName: string): Promise<KubeletTarget> {
  const node = (await context.store('', 'nodes').get({ namespace: '', name: nodeName })).bare() as Node;
  if (!dialer) throw statusErrors.serviceUnavailable('this server reaches no nodes');
  return dialer(kubeletOf(node));
}

function names(containers: readonly { readonly name?: string }[] | undefined): readonly string[] {
  return (containers ?? []).map((c) => c.name ?? '');
}

/** The container a request means: the one it names, or the only one. Throws 400 with upstream's texts. */
export function containerOf(pod: Pod, asked: string): string {
  const { containers, initContainers, ephemeralContainers } = pod.spec ?? {};
  const podName = pod.metadata?.name ?? '';
  if (asked !== '') {
    const known = [...names(containers), ...names(initContainers), ...names(ephemeralContainers)];
    if (!known.includes(asked)) throw statusErrors.badRequest(`container ${asked} is not valid for pod ${podName}`);
    return asked;
  }
  if (containers?.length === 1) return containers[0]!.name!;
  if (!containers || containers.length === 0) throw statusErrors.badRequest(`a container name must be specified for pod ${podName}`);
  const chosen = pod.metadata?.annotations;
  const byAnnotation = chosen && Object.hasOwn(chosen, defaultContainerAnnotation) ? chosen[defaultContainerAnnotation] : undefined;
  if (byAnnotation && names(containers).includes(byAnnotation)) return byAnnotation;
  const inits = names(initContainers);
  const more = inits.length > 0 ? ` or one of the init containers: [${inits.join(' ')}]` : '';
  throw statusErrors.badRequest(`a container name must be specified for pod ${podName}, choose one of: [${names(containers).join(' ')}]${more}`);
}
