/** node-ipam-controller: gives each node its part of the cluster's Pod addresses (RangeAllocator upstream). */
import type { Node } from '../../api/index.ts';
import { isNotFound } from '../../apimachinery/index.ts';
import type { Controller, ControllerContext, Reconciler } from '../controller.ts';
import { CidrSet, parseCidr } from './cidr-set.ts';

export interface NodeIpamOptions {
  /** One range, or one an address family. */
  readonly clusterCidrs: readonly string[];
  readonly maskSizes: { readonly ipv4: number; readonly ipv6: number };
  /** Never given to nodes. */
  readonly serviceCidrs?: readonly string[];
}

export function nodeIpamController(options: NodeIpamOptions): Controller {
  return {
    name: 'node-ipam-controller',
    serviceAccount: 'node-controller',
    eventSource: 'cidrAllocator',
    watches: [{ resource: 'nodes', mapToKey: 'self' }],
    start: (context) => new NodeIpam(context, options),
  };
}

class NodeIpam implements Reconciler {
  readonly #context: ControllerContext;
  readonly #sets: readonly CidrSet[];
  /** What each node has, by name. Filled from the cache before the first is given out. */
  readonly #held = new Map<string, readonly string[]>();
  #filled = false;

  constructor(context: ControllerContext, options: NodeIpamOptions) {
    this.#context = context;
    context.lister<Node>('nodes');
    this.#sets = options.clusterCidrs.map((cidr) => {
      const set = new CidrSet(cidr, parseCidr(cidr).bits === 32 ? options.maskSizes.ipv4 : options.maskSizes.ipv6);
      for (const service of options.serviceCidrs ?? []) set.occupy(service);
      return set;
    });
  }

  async reconcile({ name }: { readonly name: string }, signal: AbortSignal): Promise<void> {
    const nodes = this.#context.lister<Node>('nodes');
    if (!this.#filled) {
      this.#filled = true;
      for (const node of nodes.list()) this.#occupy(node);
    }
    const node = nodes.get({ namespace: '', name });
    if (node === undefined) {
      this.#release(name);
      return;
    }
    if (node.metadata?.deletionTimestamp !== undefined) return;
    if (cidrsOf(node).length > 0) {
      this.#occupy(node);
      return;
    }
    await this.#allocate(node, signal);
  }

  async #allocate(node: Node, signal: AbortSignal): Promise<void> {
    const name = node.metadata?.name ?? '';
    const held = this.#held.get(name) ?? this.#take();
    if (held === undefined) {
      this.#context.recorder.event(
        { ...node, apiVersion: 'v1', kind: 'Node' },
        'Normal',
        'CIDRNotAvailable',
        `Node ${name} status is now: CIDRNotAvailable`,
      );
      throw new Error('CIDR allocation failed; there are no remaining CIDRs left to allocate in the accepted range');
    }
    this.#held.set(name, held);
    try {
      await this.#context.client.resource<Node>('nodes').patch(name, 'strategic', { spec: { podCIDR: held[0], podCIDRs: held } }, { signal });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      this.#release(name);
    }
  }

  #take(): readonly string[] | undefined {
    const taken: string[] = [];
    for (const set of this.#sets) {
      const cidr = set.allocate();
      if (cidr === undefined) {
        taken.forEach((t, i) => this.#sets[i]?.release(t));
        return undefined;
      }
      taken.push(cidr);
    }
    return taken;
  }

  #occupy(node: Node): void {
    const cidrs = cidrsOf(node);
    if (cidrs.length === 0) return;
    this.#held.set(node.metadata?.name ?? '', cidrs);
    for (const cidr of cidrs) for (const set of this.#sets) set.occupy(cidr);
  }

  #release(name: string): void {
    for (const cidr of this.#held.get(name) ?? []) for (const set of this.#sets) set.release(cidr);
    this.#held.delete(name);
  }
}

function cidrsOf(node: Node): readonly string[] {
  const { podCIDR = '', podCIDRs = [] } = node.spec ?? {};
  return podCIDRs.length > 0 || podCIDR === '' ? podCIDRs : [podCIDR];
}
