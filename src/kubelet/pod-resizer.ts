import { type Container, containerStatus, type Pod, podRequests, type ResourceRequirements } from '../api/index.ts';
import { isCriError, type LinuxContainerResources } from '../cri/index.ts';
import { containerResources } from './container-resources.ts';
import type { NodeContext } from './node-context.ts';
import { makePodCgroup } from './pod-cgroups.ts';
import type { PodRuntime, RuntimeContainer } from './pod-runtime.ts';
import { type ContainerResize, pendingResizes, resizeRefusal, type ResizeState } from './resize.ts';
import type { stopContainer } from './stop-pod.ts';

type Restart = (running: RuntimeContainer, context: Parameters<typeof stopContainer>[2]) => Promise<void>;

/** What of the node it works with. */
export type ResizeContext = Pick<NodeContext, 'runtime' | 'cgroupParent' | 'nodeAllocatable' | 'refuse' | 'events'>;

/** Brings running containers to the resources their spec has by now, in place (KEP-1287), and knows what each was given. */
export class PodResizer {
  readonly #node: ResizeContext;
  readonly #restart: Restart;
  readonly #given = new Map<string, ResourceRequirements>();
  #state: ResizeState | undefined;

  constructor(node: ResizeContext, restart: Restart) {
    this.#node = node;
    this.#restart = restart;
  }

  get state(): ResizeState | undefined {
    return this.#state;
  }

  /** What a running container was given: by what was told of it before this kubelet came, else by the spec it was made from. */
  readonly given = (pod: Pod, container: Container, running: RuntimeContainer): ResourceRequirements => {
    const known = this.#given.get(running.id);
    if (known) return known;
    const told = containerStatus(pod, container.name);
    const given = (told?.containerID?.endsWith(`://${running.id}`) ? told.resources : undefined) ?? container.resources ?? {};
    this.#given.set(running.id, given);
    return given;
  };

  /** Resizes what has to be; true when something was changed in the runtime. */
  async sync(pod: Pod, runtime: PodRuntime): Promise<boolean> {
    for (const id of this.#given.keys()) if (!runtime.containers.some((c) => c.id === id)) this.#given.delete(id);
    const pending = pendingResizes(pod, runtime, (c, r) => this.given(pod, c, r));
    if (pending.length === 0) {
      this.#state = undefined;
      return false;
    }
    const refused = resizeRefusal(podRequests(pod), this.#node.nodeAllocatable, this.#node.refuse(pod));
    if (refused?.type === 'PodResizePending') {
      if (this.#state?.reason !== refused.reason) this.#tell(pod, 'Warning', `Resize${refused.reason}`, `Pod resize ${refused.reason}`);
      this.#state = refused;
      return false;
    }
    return await this.#actuate(pod, runtime, pending);
  }

  async #actuate(pod: Pod, runtime: PodRuntime, pending: readonly ContainerResize[]): Promise<boolean> {
    this.#tell(pod, 'Normal', 'ResizeStarted', 'Pod resize started');
    this.#state = { type: 'PodResizeInProgress' };
    // Before, for what grows; again afterwards: a group of version 1 refuses to become smaller than those below it.
    makePodCgroup(this.#node.cgroupParent, pod);
    try {
      for (const resize of pending) await this.#resize(pod, runtime, resize);
    } catch (error) {
      if (!isCriError(error)) throw error;
      this.#state = { type: 'PodResizeInProgress', reason: 'Error', message: error.message };
      this.#tell(pod, 'Warning', 'ResizeError', 'Pod resize error');
      return false;
    }
    makePodCgroup(this.#node.cgroupParent, pod);
    this.#state = undefined;
    this.#tell(pod, 'Normal', 'ResizeCompleted', 'Pod resize completed');
    return true;
  }

  async #resize(pod: Pod, runtime: PodRuntime, { container, running, restart }: ContainerResize): Promise<void> {
    if (restart) {
      const graceSeconds = pod.spec?.terminationGracePeriodSeconds ?? 30;
      const message = `Container ${container.name} resize requires restart`;
      return this.#restart(running, { pod, message, graceSeconds, podIP: runtime.podIPs[0] ?? '' });
    }
    const wanted = containerResources(pod, container, this.#node.nodeAllocatable.get('memory') ?? 1);
    await this.#node.runtime.updateContainerResources(running.id, withoutLimits(wanted));
    this.#given.set(running.id, container.resources ?? {});
  }

  #tell(pod: Pod, type: 'Normal' | 'Warning', reason: string, what: string): void {
    const containers = (pod.spec?.containers ?? []).map(({ name, resources = {} }) => ({ name, resources }));
    this.#node.events.pod(pod, { type, reason, message: `${what}: ${JSON.stringify({ containers, generation: pod.metadata?.generation ?? 0 })}` });
  }
}

/** What is not limited must be said: a quota that was there would stay. */
function withoutLimits(resources: LinuxContainerResources): LinuxContainerResources {
  const { oomScoreAdj: _fixed, ...rest } = resources;
  return rest.cpuQuota === undefined ? { ...rest, cpuPeriod: 100_000, cpuQuota: -1 } : rest;
}
