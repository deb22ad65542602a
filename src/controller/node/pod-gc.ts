/** pod-garbage-collector-controller: deletes Pods that nobody else will: finished ones beyond a number, those of nodes that are gone. */
import { isPodTerminal, type Node, type Pod } from '../../api/index.ts';
import { formatTime, isNotFound, parseTime } from '../../apimachinery/index.ts';
import { keyOf, type Lister } from '../../client/index.ts';
import type { Controller, ControllerContext, Reconciler } from '../controller.ts';
import { nodeCondition, taintKeys } from './taints.ts';

const periodMs = 20_000;
/** A node must be missing for so long before its Pods are taken for lost. */
const quarantineMs = 40_000;

export interface PodGarbage {
  /** Finished Pods beyond the threshold, oldest first. */
  readonly terminated: readonly Pod[];
  /** Going, and never bound to a node. */
  readonly unscheduled: readonly Pod[];
  /** Going, on a node marked out of service. */
  readonly outOfService: readonly Pod[];
  /** Bound to nodes that the cache does not know. */
  readonly orphaned: readonly Pod[];
}

/** What there is to collect. Pure. */
export function findGarbage(pods: readonly Pod[], nodes: readonly Node[], threshold: number): PodGarbage {
  const names = new Set(nodes.map((n) => n.metadata?.name ?? ''));
  const out = new Set(nodes.filter(isOutOfService).map((n) => n.metadata?.name ?? ''));
  const finished = pods.filter(isPodTerminal).toSorted((a, b) => createdMs(a) - createdMs(b));
  const going = pods.filter((p) => p.metadata?.deletionTimestamp !== undefined);
  return {
    terminated: threshold > 0 ? finished.slice(0, Math.max(0, finished.length - threshold)) : [],
    unscheduled: going.filter((p) => (p.spec?.nodeName ?? '') === ''),
    outOfService: going.filter((p) => out.has(p.spec?.nodeName ?? '')),
    orphaned: pods.filter((p) => (p.spec?.nodeName ?? '') !== '' && !names.has(p.spec?.nodeName ?? '')),
  };
}

function createdMs(pod: Pod): number {
  return parseTime(pod.metadata?.creationTimestamp) ?? 0;
}

function isOutOfService(node: Node): boolean {
  return nodeCondition(node, 'Ready')?.status !== 'True' && (node.spec?.taints ?? []).some((t) => t.key === taintKeys.outOfService);
}

export function podGarbageCollectorController(options: { readonly terminatedPodThreshold: number }): Controller {
  return {
    name: 'pod-garbage-collector-controller',
    serviceAccount: 'pod-garbage-collector',
    workers: 1,
    watches: [
      { resource: 'pods', mapToKey: 'none' },
      { resource: 'nodes', mapToKey: 'none' },
    ],
    start: (context) => new PodGarbageCollector(context, options.terminatedPodThreshold),
  };
}

class PodGarbageCollector implements Reconciler {
  readonly #context: ControllerContext;
  readonly #threshold: number;
  readonly #pods: Lister<Pod>;
  readonly #nodes: Lister<Node>;
  /** Missing nodes, and since when. */
  readonly #missing = new Map<string, number>();

  constructor(context: ControllerContext, threshold: number) {
    this.#context = context;
    this.#threshold = threshold;
    this.#pods = context.lister<Pod>('pods');
    this.#nodes = context.lister<Node>('nodes');
  }

  async reconcile(): Promise<void> {}

  async run(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#context;
    while (!signal.aborted) {
      try {
        await this.#collect(signal);
      } catch (error) {
        if (!signal.aborted) logger.warn('collecting pods failed', { error });
      }
      await clock.sleep(periodMs, signal).catch(() => undefined);
    }
  }

  async #collect(signal: AbortSignal): Promise<void> {
    const garbage = findGarbage(this.#pods.list(), this.#nodes.list(), this.#threshold);
    for (const pod of garbage.terminated) await this.#delete(pod, { signal });
    for (const pod of garbage.unscheduled) await this.#delete(pod, { signal });
    for (const pod of garbage.outOfService) await this.#delete(pod, { signal });
    const lost = await this.#lostNodes(garbage.orphaned, signal);
    for (const pod of garbage.orphaned.filter((p) => lost.has(p.spec?.nodeName ?? ''))) {
      await this.#delete(pod, { signal, message: 'PodGC: node no longer exists' });
    }
  }

  /** Nodes that were missing long enough and that the server does not know either. */
  async #lostNodes(orphaned: readonly Pod[], signal: AbortSignal): Promise<ReadonlySet<string>> {
    const { client, clock } = this.#context;
    const names = new Set(orphaned.map((p) => p.spec?.nodeName ?? ''));
    for (const name of this.#missing.keys()) if (!names.has(name)) this.#missing.delete(name);
    const lost = new Set<string>();
    for (const name of names) {
      const sinceMs = this.#missing.get(name) ?? clock.monotonicMs();
      this.#missing.set(name, sinceMs);
      if (clock.monotonicMs() - sinceMs < quarantineMs) continue;
      try {
        await client.metadata('nodes').get(name, { signal });
        this.#missing.delete(name);
      } catch (error) {
        if (!isNotFound(error)) throw error;
        lost.add(name);
      }
    }
    return lost;
  }

  async #delete(pod: Pod, { signal, message }: { readonly signal: AbortSignal; readonly message?: string }): Promise<void> {
    const { client, clock } = this.#context;
    const pods = client.resource<Pod>('pods');
    try {
      if (!isPodTerminal(pod)) {
        const now = formatTime(clock.now());
        const condition = { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByPodGC', message, lastTransitionTime: now };
        const status = { phase: 'Failed', ...(message === undefined ? {} : { conditions: [condition] }) };
        await pods.patch(keyOf(pod), 'strategic', { metadata: { uid: pod.metadata?.uid }, status }, { subresource: 'status', signal });
      }
      await pods.delete(keyOf(pod), { gracePeriodSeconds: 0, signal });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
