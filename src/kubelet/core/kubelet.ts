import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, Logger, Rng, Timer } from '../../base/index.ts';
import type { Pod, Service } from '../../api/index.ts';
import { type Client, createEventRecorder, createInformerFactory } from '../../client/index.ts';
import { type CriRuntime, type RuntimeEvent, watchRuntimeEvents } from '../../cri/index.ts';
import { linuxMountHost, type MountHost } from '../../volume/index.ts';
import { Images } from './images.ts';
import type { NodeContext } from './node-context.ts';
import { ObjectCache } from './object-cache.ts';
import { podEvents } from './pod-events.ts';
import { PodRuntimeReader } from './pod-runtime.ts';
import { PodWorker } from './pod-worker.ts';
import { Prober } from './probe/prober.ts';
import { Backoff } from './restart-backoff.ts';
import { annotations, labels } from './runtime-labels.ts';

export interface KubeletOptions {
  /** Acts as `system:node:NAME`. */
  readonly client: Client;
  readonly nodeName: string;
  readonly nodeIP: string;
  readonly runtime: CriRuntime;
  /** Of the runtime's events: its CRI endpoint. */
  readonly runtimeEndpoint: string;
  /** What pods have on this node is below it. */
  readonly rootDir: string;
  /** Without leading slash: `kubets/NAME/NODE`. */
  readonly cgroupParent: string;
  /** cpu in thousandths, memory in bytes. */
  readonly nodeAllocatable: ReadonlyMap<string, number>;
  readonly clusterDns: readonly string[];
  readonly clusterDomain: string;
  readonly mountHost?: MountHost;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly logger: Logger;
}

export interface Kubelet {
  /** Where logs of containers are. */
  readonly logRoot: string;
  readonly runtime: CriRuntime;
  /** The pod as the API had it last; undefined when it is none of this node's. */
  pod(namespace: string, name: string): Pod | undefined;
  pods(): readonly Pod[];
  worker(uid: string): PodWorker | undefined;
  /** Ends the loops. Containers run on: the next kubelet adopts them. */
  stop(): Promise<void>;
}

/** With events the state of all containers is compared this often, to catch what an event missed. */
const relistMs = 10_000;

/** Runs the pods that the API has bound to this node. */
export async function runKubelet(options: KubeletOptions): Promise<Kubelet> {
  const { client, clock, rng, logger, runtime, nodeName } = options;
  const ended = new AbortController();
  const informers = createInformerFactory({ client, clock, rng, logger });
  const pods = informers.informer<Pod>('pods', { fieldSelector: `spec.nodeName=${nodeName}` });
  const services = informers.informer<Service>('services');
  const recorder = createEventRecorder({ client, component: 'kubelet', host: nodeName, clock, logger, signal: ended.signal });
  const events = podEvents(recorder);
  const workers = new Map<string, PodWorker>();
  const logRoot = join(options.rootDir, 'pod-logs');
  mkdirSync(logRoot, { recursive: true, mode: 0o755 });
  const reader = new PodRuntimeReader(runtime);
  const prober = new Prober({
    runtime,
    clock,
    rng,
    onChange: (uid) => workers.get(uid)?.wake(),
    onUnhealthy: (pod, container, { kind, output }) =>
      events.container(pod, container, { type: 'Warning', reason: 'Unhealthy', message: `${kind[0]!.toUpperCase()}${kind.slice(1)} probe failed: ${output}` }),
  });
  const node: NodeContext = {
    ...options,
    reader,
    images: new Images({ runtime, clock, events }),
    objects: new ObjectCache(client, clock),
    prober,
    restarts: new Backoff(),
    events,
    services: services.lister,
    mountHost: options.mountHost ?? linuxMountHost,
    logRoot,
  };
  const changed = (pod: Pod) => {
    const uid = pod.metadata?.uid ?? '';
    const worker = workers.get(uid);
    if (worker) return worker.update(pod);
    const made = new PodWorker(pod, node, () => workers.delete(uid));
    workers.set(uid, made);
    made.wake();
  };
  informers.start(ended.signal);
  await Promise.all([pods.synced(ended.signal), services.synced(ended.signal)]);
  pods.addHandler({ onAdd: changed, onUpdate: (_old, pod) => changed(pod), onDelete: (pod) => workers.get(pod.metadata?.uid ?? '')?.update(undefined) });
  await adoptOrphans({ node, workers, known: new Set(pods.lister.list().map((p) => p.metadata?.uid ?? '')) });
  const pleg = followRuntime({ ...options, workers, signal: ended.signal });
  return {
    logRoot,
    runtime,
    pod: (namespace, name) => pods.lister.get({ namespace, name }),
    pods: () => pods.lister.list(),
    worker: (uid) => workers.get(uid),
    async stop() {
      for (const w of workers.values()) w.stop();
      prober.stop();
      ended.abort(new Error('the kubelet ends'));
      await pleg;
    },
  };
}

/** Pods that run here but are no longer the API's: each gets a worker that ends it. */
async function adoptOrphans({ node, workers, known }: { readonly node: NodeContext; readonly workers: Map<string, PodWorker>; readonly known: ReadonlySet<string> }): Promise<void> {
  const containers = await node.runtime.listContainers();
  for (const sandbox of await node.runtime.listPodSandbox()) {
    const uid = sandbox.labels[labels.podUid];
    if (uid === undefined || known.has(uid) || workers.has(uid)) continue;
    const grace = Number(containers.find((c) => c.podSandboxId === sandbox.id)?.annotations[annotations.terminationGracePeriod] ?? 30);
    const pod: Pod = {
      metadata: { name: sandbox.labels[labels.podName] ?? '', namespace: sandbox.labels[labels.podNamespace] ?? '', uid, deletionGracePeriodSeconds: grace },
      spec: { containers: [] },
    };
    const worker = new PodWorker(pod, node, () => workers.delete(uid));
    workers.set(uid, worker);
    worker.update(undefined);
  }
}

/** PodLifecycleEvents: the runtime's events, and a comparison of all states from time to time, wake the workers they concern. */
async function followRuntime(options: { readonly runtime: CriRuntime; readonly runtimeEndpoint: string; readonly clock: Clock; readonly logger: Logger; readonly workers: ReadonlyMap<string, PodWorker>; readonly signal: AbortSignal }): Promise<void> {
  const { runtime, workers, clock, signal, logger } = options;
  let states = new Map<string, string>();
  const podOf = new Map<string, string>();
  const relist = async () => {
    const now = new Map<string, string>();
    const [sandboxes, containers] = await Promise.all([runtime.listPodSandbox(), runtime.listContainers()]);
    podOf.clear();
    for (const s of [...sandboxes, ...containers]) {
      const uid = s.labels[labels.podUid];
      if (uid === undefined) continue;
      now.set(s.id, s.state);
      podOf.set(s.id, uid);
    }
    const touched = new Set<string>();
    for (const [id, state] of now) if (states.get(id) !== state) touched.add(podOf.get(id)!);
    states = now;
    for (const uid of touched) workers.get(uid)?.wake();
  };
  const guarded = () => relist().catch((error: unknown) => void (signal.aborted || logger.warn('the runtime could not be listed', { error })));
  let timer: Timer | undefined;
  const schedule = () => {
    timer = clock.after(relistMs, () => void guarded().then(() => void (signal.aborted || schedule())));
  };
  schedule();
  try {
    for await (const event of watchRuntimeEvents({ endpoint: options.runtimeEndpoint, signal, clock, logger })) await onEvent(event, { podOf, workers, relist: guarded });
  } finally {
    timer?.cancel();
  }
}

async function onEvent(event: RuntimeEvent, { podOf, workers, relist }: { readonly podOf: ReadonlyMap<string, string>; readonly workers: ReadonlyMap<string, PodWorker>; readonly relist: () => Promise<void> }): Promise<void> {
  const uid = event.type === 'reconnected' ? undefined : podOf.get(event.containerId);
  if (uid === undefined) await relist();
  else workers.get(uid)?.wake();
}
