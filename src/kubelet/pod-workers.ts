import type { Pod } from '../api/index.ts';
import type { Lister } from '../client/index.ts';
import type { NodeContext } from './node-context.ts';
import { PodWorker } from './pod-worker.ts';
import { annotations, labels } from './runtime-labels.ts';

/** One worker for each pod that the API has bound to the node, or that runs on it. */
export class PodWorkers {
  readonly #node: NodeContext;
  readonly #pods: Lister<Pod>;
  readonly #workers = new Map<string, PodWorker>();
  /** Ended here and asked to be deleted, but held in the API by finalizers. */
  readonly #ended = new Set<string>();

  /** `pods`: those of the node, as the API has them. */
  constructor(node: NodeContext, pods: Lister<Pod>) {
    this.#node = node;
    this.#pods = pods;
  }

  get(uid: string): PodWorker | undefined {
    return this.#workers.get(uid);
  }

  /** A pod is new here, or has changed. */
  changed(pod: Pod): void {
    const uid = pod.metadata?.uid ?? '';
    const worker = this.#workers.get(uid);
    if (worker) worker.update(pod);
    else if (!this.#ended.has(uid)) this.#begin(uid, pod).wake();
  }

  /** Its object is gone. */
  deleted(pod: Pod): void {
    const uid = pod.metadata?.uid ?? '';
    this.#ended.delete(uid);
    this.#workers.get(uid)?.update(undefined);
  }

  /** Pods that run here but are no longer the API's: each gets a worker that ends it. */
  async adoptOrphans(): Promise<void> {
    const { runtime } = this.#node;
    const known = new Set(this.#pods.list().map((p) => p.metadata?.uid));
    const containers = await runtime.listContainers();
    for (const sandbox of await runtime.listPodSandbox()) {
      const uid = sandbox.labels[labels.podUid];
      if (uid === undefined || known.has(uid) || this.#workers.has(uid)) continue;
      const grace = containers.find((c) => c.podSandboxId === sandbox.id)?.annotations[annotations.terminationGracePeriod];
      const name = sandbox.labels[labels.podName] ?? '';
      const namespace = sandbox.labels[labels.podNamespace] ?? '';
      const pod: Pod = { metadata: { name, namespace, uid, deletionGracePeriodSeconds: Number(grace ?? 30) }, spec: { containers: [] } };
      this.#begin(uid, pod).update(undefined);
    }
  }

  /** Leaves everything as it is: containers run on. */
  stop(): void {
    for (const worker of this.#workers.values()) worker.stop();
  }

  #begin(uid: string, pod: Pod): PodWorker {
    const { namespace = '', name = '' } = pod.metadata ?? {};
    const worker = new PodWorker(pod, this.#node, () => {
      this.#workers.delete(uid);
      if (this.#pods.get({ namespace, name })?.metadata?.uid === uid) this.#ended.add(uid);
    });
    this.#workers.set(uid, worker);
    return worker;
  }
}
