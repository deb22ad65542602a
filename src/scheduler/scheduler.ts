import { type Clock, errorText, type Logger, type Rng, type Timer } from '../base/index.ts';
import { formatTime, isNotFound } from '../apimachinery/index.ts';
import type { Node, Pod } from '../api/index.ts';
import type { Client, EventRecorder, InformerFactory } from '../client/index.ts';
import { Cache } from './cache.ts';
import {
  type BindHandle,
  type ClusterEvent,
  type CycleState,
  type Diagnosis,
  failedSchedulingMessage,
  type Snapshot,
  type WeightedPlugin,
} from './framework/index.ts';
import { SchedulingQueue } from './queue.ts';
import { scheduleOne } from './schedule-one.ts';

/** Bindings under way at once; the cycle waits for a place. */
const maxBindings = 64;
const maxEventMessage = 1024;

export interface SchedulerOptions {
  readonly client: Client;
  readonly informers: InformerFactory;
  readonly recorder: EventRecorder;
  readonly plugins: readonly WeightedPlugin[];
  /** Pods with this spec.schedulerName are ours. */
  readonly schedulerName?: string;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

export interface Scheduler {
  /** Resolves when the loop and all bindings have ended. */
  readonly done: Promise<void>;
}

/** Places pods that have no node, one after the other; bindings go on beside the loop. Runs until `signal` aborts. */
export function runScheduler(options: SchedulerOptions): Scheduler {
  const profile = new Profile(options);
  return { done: profile.run() };
}

class Profile {
  readonly #options: SchedulerOptions;
  readonly #name: string;
  readonly #cache = new Cache();
  readonly #queue: SchedulingQueue;
  readonly #bindings = new Set<Promise<void>>();
  readonly #handle: BindHandle;
  #wake: () => void = () => {};
  #startIndex = 0;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#name = options.schedulerName ?? 'default-scheduler';
    this.#queue = new SchedulingQueue(options.plugins.map((w) => w.plugin));
    this.#handle = { bind: (pod, nodeName) => this.#bindByApi(pod, nodeName) };
  }

  async run(): Promise<void> {
    const { informers, signal, clock } = this.#options;
    const pods = informers.informer<Pod>('pods');
    const nodes = informers.informer<Node>('nodes');
    const remove = [this.#followNodes(nodes), this.#followPods(pods)];
    try {
      await Promise.all([pods.synced(signal), nodes.synced(signal)]);
      while (!signal.aborted) {
        const queued = this.#queue.pop(clock.monotonicMs());
        if (!queued) await this.#sleep();
        else await this.#scheduleOne(queued.pod);
        if (this.#bindings.size >= maxBindings) await Promise.race(this.#bindings);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      for (const r of remove) r();
      await Promise.all(this.#bindings);
    }
  }

  #followNodes(nodes: ReturnType<InformerFactory['informer']>): () => void {
    return nodes.addHandler({
      onAdd: (node) => {
        this.#cache.setNode(node as Node);
        this.#event({ resource: 'Node', action: 'Add', node: node as Node });
      },
      onUpdate: (oldNode, node) => {
        this.#cache.setNode(node as Node);
        if (worthARetry(oldNode as Node, node as Node))
          this.#event({ resource: 'Node', action: 'Update', node: node as Node, oldNode: oldNode as Node });
      },
      onDelete: (node) => {
        this.#cache.removeNode(node.metadata?.name ?? '');
        this.#event({ resource: 'Node', action: 'Delete', node: node as Node });
      },
    });
  }

  #followPods(pods: ReturnType<InformerFactory['informer']>): () => void {
    return pods.addHandler({
      onAdd: (pod) => this.#podChanged(pod as Pod),
      onUpdate: (_old, pod) => this.#podChanged(pod as Pod),
      onDelete: (pod) => this.#podGone(pod as Pod),
    });
  }

  #podChanged(pod: Pod): void {
    const finished = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
    if (finished) return this.#podGone(pod);
    if (pod.spec?.nodeName) {
      this.#queue.remove(pod.metadata?.uid ?? '');
      this.#cache.setPod(pod);
    } else if (pod.spec?.schedulerName === this.#name && !this.#cache.isAssumed(pod)) {
      if (pod.metadata?.deletionTimestamp) this.#queue.remove(pod.metadata.uid ?? '');
      else this.#queue.update(pod, this.#options.clock.monotonicMs());
      this.#wake();
    }
  }

  #podGone(pod: Pod): void {
    this.#queue.remove(pod.metadata?.uid ?? '');
    if (!pod.spec?.nodeName && !this.#cache.isAssumed(pod)) return;
    this.#cache.removePod(pod);
    this.#event({ resource: 'Pod', action: 'Delete', pod });
  }

  #event(event: ClusterEvent): void {
    this.#queue.onEvent(event, this.#options.clock.monotonicMs());
    this.#wake();
  }

  /** Until something happens, back-off ends, or the run ends. */
  #sleep(): Promise<void> {
    const { clock, signal } = this.#options;
    const wakeMs = this.#queue.nextWakeMs();
    return new Promise((resolve) => {
      let timer: Timer | undefined;
      const finish = () => {
        timer?.cancel();
        signal.removeEventListener('abort', finish);
        this.#wake = () => {};
        resolve();
      };
      if (wakeMs !== undefined) timer = clock.after(Math.max(0, wakeMs - clock.monotonicMs()), finish);
      signal.addEventListener('abort', finish, { once: true });
      this.#wake = finish;
    });
  }

  async #scheduleOne(pod: Pod): Promise<void> {
    const { rng, plugins } = this.#options;
    const snapshot = this.#cache.snapshot();
    const decision = scheduleOne(pod, snapshot, { plugins, rng, startIndex: this.#startIndex });
    this.#startIndex = snapshot.nodes.length === 0 ? 0 : (this.#startIndex + 1) % snapshot.nodes.length;
    if (decision.kind === 'none') return this.#unschedulable(pod, snapshot, decision.diagnosis);
    this.#cache.assumePod(pod, decision.nodeName);
    const binding = this.#bind(pod, decision.nodeName, decision.state).finally(() => this.#bindings.delete(binding));
    this.#bindings.add(binding);
  }

  async #bind(pod: Pod, nodeName: string, state: CycleState): Promise<void> {
    const plugins = this.#options.plugins.map((w) => w.plugin);
    try {
      for (const p of plugins) this.#refuse('Reserve', p.name, p.reserve?.(pod, nodeName, state)?.reasons);
      for (const p of plugins) this.#refuse('Permit', p.name, p.permit?.(pod, nodeName, state)?.reasons);
      for (const p of plugins) this.#refuse('PreBind', p.name, (await p.preBind?.(pod, nodeName, state))?.reasons);
      for (const p of plugins) if (p.bind && (await p.bind(pod, nodeName, this.#handle))?.code !== 'Skip') break;
      this.#queue.done(pod.metadata?.uid ?? '');
      for (const p of plugins) p.postBind?.(pod, nodeName);
      this.#options.recorder.event(
        pod,
        'Normal',
        'Scheduled',
        `Successfully assigned ${pod.metadata?.namespace}/${pod.metadata?.name} to ${nodeName}`,
      );
    } catch (error) {
      for (const p of plugins.toReversed()) p.unreserve?.(pod, nodeName, state);
      this.#cache.forgetPod(pod);
      await this.#failed(pod, error);
    }
  }

  #refuse(point: string, plugin: string, reasons: readonly string[] | undefined): void {
    if (reasons !== undefined) throw new Error(`running ${point} plugin "${plugin}": ${reasons.join(', ')}`);
  }

  async #bindByApi(pod: Pod, nodeName: string): Promise<void> {
    const { namespace, name, uid } = pod.metadata ?? {};
    const binding = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name, namespace, ...(uid === undefined ? {} : { uid }) },
      target: { kind: 'Node', name: nodeName },
    };
    await this.#options.client.transport.call({ method: 'POST', path: `/api/v1/namespaces/${namespace}/pods/${name}/binding`, body: binding });
  }

  async #unschedulable(pod: Pod, snapshot: Snapshot, diagnosis: Diagnosis): Promise<void> {
    let postFilterMessage = '';
    for (const { plugin } of this.#options.plugins)
      postFilterMessage = plugin.postFilter?.(pod, snapshot, diagnosis.nodeStatuses).message ?? postFilterMessage;
    const message = failedSchedulingMessage(diagnosis, postFilterMessage);
    this.#options.recorder.event(pod, 'Warning', 'FailedScheduling', cut(message));
    const plugins = diagnosis.nodeCount === 0 ? new Set(['NodeName']) : diagnosis.plugins;
    this.#queue.requeue(pod, plugins, this.#options.clock.monotonicMs());
    await this.#writeCondition(pod, 'Unschedulable', message);
  }

  async #failed(pod: Pod, error: unknown): Promise<void> {
    const { recorder, clock, logger, signal } = this.#options;
    if (isNotFound(error) || signal.aborted) return this.#queue.done(pod.metadata?.uid ?? '');
    const message = errorText(error);
    logger.warn('a pod could not be bound', { pod: `${pod.metadata?.namespace}/${pod.metadata?.name}`, error });
    recorder.event(pod, 'Warning', 'FailedScheduling', cut(message));
    this.#queue.requeue(pod, new Set(), clock.monotonicMs());
    await this.#writeCondition(pod, 'SchedulerError', message);
  }

  /** PodScheduled = False, unless it says so already. */
  async #writeCondition(pod: Pod, reason: string, message: string): Promise<void> {
    const { client, clock, logger, signal } = this.#options;
    const old = pod.status?.conditions?.find((c) => c.type === 'PodScheduled');
    if (old?.status === 'False' && old.reason === reason && old.message === message) return;
    const now = formatTime(clock.now());
    const lastTransitionTime = old?.status === 'False' ? (old.lastTransitionTime ?? now) : now;
    const condition = { type: 'PodScheduled', status: 'False', reason, message, lastProbeTime: null, lastTransitionTime };
    try {
      const key = { namespace: pod.metadata?.namespace ?? '', name: pod.metadata?.name ?? '' };
      await client.resource<Pod>('pods').patch(key, 'strategic', { status: { conditions: [condition] } }, { subresource: 'status', signal });
    } catch (error) {
      if (!isNotFound(error) && !signal.aborted) logger.warn('the PodScheduled condition could not be written', { error });
    }
  }
}

/** Heartbeats change nothing for a pod that waits. */
function worthARetry(old: Node, node: Node): boolean {
  const view = (n: Node) => JSON.stringify([n.spec, n.metadata?.labels, n.status?.allocatable]);
  return view(old) !== view(node);
}

function cut(message: string): string {
  return message.length <= maxEventMessage ? message : `${message.slice(0, maxEventMessage - 4)} ...`;
}
