/** node-lifecycle-controller: conditions of nodes that fell silent, and the taints that follow from conditions. */
import { podCondition, type Lease, type Node, type Pod } from '../../api/index.ts';
import { formatTime, getKey, isConflict, isNotFound } from '../../apimachinery/index.ts';
import { keyOf, type Lister, type ObjectKey } from '../../client/index.ts';
import type { Controller, ControllerContext, Reconciler } from '../controller.ts';
import { same } from '../same.ts';
import { assessNode, evictionRate, type HealthTimings, type NodeHealth, zoneState } from './health.ts';
import { byNodeName, nodeNameIndex } from './pods-of-node.ts';
import { desiredTaints, nodeCondition } from './taints.ts';

export interface NodeLifecycleOptions extends HealthTimings {
  readonly monitorPeriodMs: number;
}

export function nodeLifecycleController(options: NodeLifecycleOptions): Controller {
  return {
    name: 'node-lifecycle-controller',
    serviceAccount: 'node-controller',
    eventSource: 'node-controller',
    watches: [
      { resource: 'nodes', mapToKey: 'self' },
      { resource: 'leases', mapToKey: 'none' },
      { resource: 'pods', mapToKey: 'none' },
    ],
    start: (context) => new NodeLifecycle(context, options),
  };
}

const maxTries = 5;
const leaseNamespace = 'kube-node-lease';
const zoneLabel = 'topology.kubernetes.io/zone';
const regionLabel = 'topology.kubernetes.io/region';
/** Labels of before 1.14 follow those of today. */
const secondaryLabels: readonly (readonly [primary: string, secondary: string])[] = [
  ['kubernetes.io/os', 'beta.kubernetes.io/os'],
  ['kubernetes.io/arch', 'beta.kubernetes.io/arch'],
];

interface Bucket {
  tokens: number;
  atMs: number;
}

class NodeLifecycle implements Reconciler {
  readonly #context: ControllerContext;
  readonly #options: NodeLifecycleOptions;
  readonly #nodes: Lister<Node>;
  readonly #leases: Lister<Lease>;
  readonly #pods: Lister<Pod>;
  readonly #health = new Map<string, NodeHealth>();
  readonly #buckets = new Map<string, Bucket>();

  constructor(context: ControllerContext, options: NodeLifecycleOptions) {
    this.#context = context;
    this.#options = options;
    this.#nodes = context.lister<Node>('nodes');
    this.#leases = context.lister<Lease>('leases');
    this.#pods = context.lister<Pod>('pods');
    context.informers.informer<Pod>('pods').addIndexer(nodeNameIndex, byNodeName);
  }

  /** What follows from the node as it is, at once: NoSchedule taints and labels; a node that is ready again loses its NoExecute taints. */
  async reconcile(key: ObjectKey, signal: AbortSignal): Promise<void> {
    const node = this.#nodes.get(key);
    if (node === undefined) return;
    const ready = nodeCondition(node, 'Ready')?.status === 'True';
    await this.#writeTaints(node, ready ? 'follow' : 'keep', signal);
    await this.#writeLabels(node, signal);
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#monitor(signal);
      await this.#context.clock.sleep(this.#options.monitorPeriodMs, signal).catch(() => undefined);
    }
  }

  async #monitor(signal: AbortSignal): Promise<void> {
    const { logger, recorder } = this.#context;
    const nodes = this.#nodes.list();
    const names = new Set(nodes.map((n) => n.metadata?.name ?? ''));
    for (const name of this.#health.keys()) {
      if (names.has(name)) continue;
      this.#health.delete(name);
      recorder.event({ kind: 'Node', name, uid: name }, 'Normal', 'RemovingNode', `Node ${name} event: Removing Node ${name} from Controller`);
    }
    const assessed: Node[] = [];
    for (const node of nodes) {
      try {
        assessed.push(await this.#assess(node, signal));
      } catch (error) {
        if (signal.aborted) return;
        if (!isConflict(error) && !isNotFound(error)) logger.warn('a node could not be assessed', { node: node.metadata?.name, error });
        assessed.push(node);
      }
    }
    await this.#evictByTaint(assessed, signal);
  }

  async #assess(node: Node, signal: AbortSignal): Promise<Node> {
    const { clock, client, recorder } = this.#context;
    const name = node.metadata?.name ?? '';
    const known = this.#health.get(name);
    if (known === undefined)
      recorder.event(nodeReference(node), 'Normal', 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`);
    const nowMs = clock.now();
    const lease = this.#leases.get({ namespace: leaseNamespace, name });
    const { health, conditions } = assessNode(node, { lease, health: known }, { ...this.#options, nowMs, now: formatTime(nowMs) });
    this.#health.set(name, health);
    if (conditions === node.status?.conditions || same(conditions, node.status?.conditions ?? [])) {
      if (nodeCondition(node, 'Ready')?.status === 'False') await this.#markPodsNotReady(node, signal);
      return node;
    }
    const wasReady = nodeCondition(node, 'Ready')?.status === 'True';
    const written = await client.resource<Node>('nodes').updateStatus({ ...node, status: { ...node.status, conditions } }, { signal });
    if (wasReady) recorder.event(nodeReference(node), 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
    await this.#markPodsNotReady(written, signal);
    return written;
  }

  /** Pods of a node that is not ready are no endpoints. */
  async #markPodsNotReady(node: Node, signal: AbortSignal): Promise<void> {
    const { clock, client, recorder } = this.#context;
    const now = formatTime(clock.now());
    for (const pod of this.#pods.byIndex(nodeNameIndex, node.metadata?.name ?? '')) {
      if (podCondition(pod, 'Ready')?.status !== 'True') continue;
      const conditions = (pod.status?.conditions ?? []).map((c) => (c.type === 'Ready' ? { ...c, status: 'False', lastTransitionTime: now } : c));
      try {
        await client.resource<Pod>('pods').updateStatus({ ...pod, status: { ...pod.status, conditions } }, { signal });
        recorder.event({ ...pod, apiVersion: 'v1', kind: 'Pod' }, 'Warning', 'NodeNotReady', 'Node is not ready');
      } catch (error) {
        if (!isConflict(error) && !isNotFound(error)) throw error;
      }
    }
  }

  /** NoExecute taints, zone by zone, slowly: many silent nodes at once are rather the network's or the server's trouble than theirs. */
  async #evictByTaint(nodes: readonly Node[], signal: AbortSignal): Promise<void> {
    const zones = Map.groupBy(nodes, (n) => `${getKey(n.metadata?.labels, regionLabel) ?? ''}:${getKey(n.metadata?.labels, zoneLabel) ?? ''}`);
    const isReady = (node: Node) => nodeCondition(node, 'Ready')?.status === 'True';
    const states = new Map([...zones].map(([zone, members]) => [zone, zoneState(members.map(isReady))]));
    const allDisrupted = [...states.values()].every((s) => s === 'FullDisruption');
    for (const [zone, members] of zones) {
      const rate = evictionRate(states.get(zone) ?? 'Normal', members.length);
      for (const node of members) {
        try {
          await this.#taintOne(node, { zone, rate, allDisrupted, ready: isReady(node) }, signal);
        } catch (error) {
          if (signal.aborted) return;
          if (!isConflict(error) && !isNotFound(error))
            this.#context.logger.warn('a node could not be tainted', { node: node.metadata?.name, error });
        }
      }
    }
  }

  async #taintOne(
    node: Node,
    { zone, rate, allDisrupted, ready }: { readonly zone: string; readonly rate: number; readonly allDisrupted: boolean; readonly ready: boolean },
    signal: AbortSignal,
  ): Promise<void> {
    if (allDisrupted) return await this.#writeTaints(node, 'remove', signal);
    if (ready) return await this.#writeTaints(node, 'follow', signal);
    const now = formatTime(this.#context.clock.now());
    const missing = !same(desiredTaints(node, { noExecute: 'follow', now }), desiredTaints(node, { noExecute: 'keep', now }));
    if (!missing) return;
    await this.#writeTaints(node, this.#mayTaint(zone, rate) ? 'follow' : 'keep', signal);
  }

  #mayTaint(zone: string, rate: number): boolean {
    const nowMs = this.#context.clock.monotonicMs();
    const bucket = this.#buckets.get(zone) ?? { tokens: 1, atMs: nowMs };
    bucket.tokens = Math.min(1, bucket.tokens + ((nowMs - bucket.atMs) / 1000) * rate);
    bucket.atMs = nowMs;
    this.#buckets.set(zone, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  /** A conflict is another's write to the node, often the kubelet's: the taints are computed again from what it left. */
  async #writeTaints(node: Node, noExecute: 'follow' | 'keep' | 'remove', signal: AbortSignal): Promise<void> {
    const nodes = this.#context.client.resource<Node>('nodes');
    for (let current = node, tries = 1; ; tries++) {
      const taints = desiredTaints(current, { noExecute, now: formatTime(this.#context.clock.now()) });
      if (same(taints, current.spec?.taints ?? [])) return;
      const { uid, resourceVersion } = current.metadata ?? {};
      try {
        await nodes.patch(
          keyOf(current),
          'merge',
          { metadata: { uid, resourceVersion }, spec: { taints: taints.length === 0 ? null : taints } },
          { signal },
        );
        return;
      } catch (error) {
        if (!isConflict(error) || tries >= maxTries) throw error;
        current = await nodes.get(keyOf(current), { signal });
      }
    }
  }

  async #writeLabels(node: Node, signal: AbortSignal): Promise<void> {
    const labels: Record<string, string> = {};
    for (const [primary, secondary] of secondaryLabels) {
      const value = getKey(node.metadata?.labels, primary);
      if (value !== undefined && getKey(node.metadata?.labels, secondary) !== value) labels[secondary] = value;
    }
    if (Object.keys(labels).length > 0)
      await this.#context.client.resource('nodes').patch(keyOf(node), 'merge', { metadata: { labels } }, { signal });
  }
}

function nodeReference(node: Node) {
  const name = node.metadata?.name ?? '';
  return { apiVersion: 'v1', kind: 'Node', name, uid: node.metadata?.uid ?? name };
}
