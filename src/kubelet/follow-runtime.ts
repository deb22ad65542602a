import type { Clock, Logger } from '../base/index.ts';
import { type CriRuntime, type RuntimeEvent, watchRuntimeEvents } from '../cri/index.ts';
import { labels } from './runtime-labels.ts';

export interface FollowOptions {
  readonly runtime: CriRuntime;
  readonly runtimeEndpoint: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Something of the pod has changed. */
  readonly wake: (podUid: string) => void;
  readonly signal: AbortSignal;
}

/** With events the state of all containers is compared this often, to catch what an event missed. */
const relistMs = 10_000;
/** The runtime tells of an end before it has taken note of it itself: asked again after these. */
const settleMs = [0, 10, 20, 50, 100, 200, 500, 1_000] as const;

/** PodLifecycleEvents: the runtime's events, and a comparison of all states from time to time, wake the pods they concern. */
export async function followRuntime(options: FollowOptions): Promise<void> {
  const { clock, signal } = options;
  const states = new RuntimeStates(options);
  const relisting = (async () => {
    while (!signal.aborted) {
      await clock.sleep(relistMs, signal).catch(() => {});
      if (!signal.aborted) await states.relist();
    }
  })();
  const { logger } = options;
  for await (const event of watchRuntimeEvents({ endpoint: options.runtimeEndpoint, signal, clock, logger })) {
    if (signal.aborted) break;
    await states.onEvent(event);
  }
  await relisting;
}

/** What the runtime was last seen to have: compared again and told of changes. */
export class RuntimeStates {
  readonly #options: FollowOptions;
  /** By id of sandbox or container. */
  #states = new Map<string, { readonly state: string; readonly uid: string }>();

  constructor(options: FollowOptions) {
    this.#options = options;
  }

  async onEvent(event: RuntimeEvent): Promise<void> {
    if (event.type === 'reconnected') return this.relist();
    if (!this.#states.has(event.containerId)) await this.relist();
    const uid = this.#states.get(event.containerId)?.uid;
    if (uid === undefined) return;
    // Not waited for: other pods' events must not stand behind it.
    if (event.type === 'exited' || event.type === 'oom') void this.#whenSettled(event.containerId, uid);
    else this.#options.wake(uid);
  }

  /** Compares all states with those known; a failure is logged. */
  async relist(): Promise<void> {
    const { runtime, logger, signal, wake } = this.#options;
    try {
      const [sandboxes, containers] = await Promise.all([runtime.listPodSandbox(), runtime.listContainers()]);
      const now = new Map<string, { readonly state: string; readonly uid: string }>();
      const touched = new Set<string>();
      for (const { id, state, labels: own } of [...sandboxes, ...containers]) {
        const uid = own[labels.podUid];
        if (uid === undefined) continue;
        now.set(id, { state, uid });
        if (this.#states.get(id)?.state !== state) touched.add(uid);
      }
      for (const [id, { uid }] of this.#states) if (!now.has(id)) touched.add(uid);
      this.#states = now;
      for (const uid of touched) wake(uid);
    } catch (error) {
      if (!signal.aborted) logger.warn('the runtime could not be listed', { error });
    }
  }

  async #whenSettled(id: string, uid: string): Promise<void> {
    const { runtime, clock, signal, wake } = this.#options;
    for (const delayMs of settleMs) {
      try {
        await clock.sleep(delayMs, signal);
        const [containers, sandboxes] = await Promise.all([runtime.listContainers({ id }), runtime.listPodSandbox({ id })]);
        const [state] = [...containers, ...sandboxes].map((c) => c.state);
        if (state !== 'CONTAINER_RUNNING' && state !== 'SANDBOX_READY') break;
      } catch {
        if (signal.aborted) return;
      }
    }
    wake(uid);
  }
}
