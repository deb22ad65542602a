import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, Logger, Rng } from '../../base/index.ts';
import { isPodTerminal, type Node, type Pod, type Service } from '../../api/index.ts';
import { type Client, createEventRecorder, createInformerFactory } from '../../client/index.ts';
import type { CriRuntime } from '../../cri/index.ts';
import { linuxMountHost, type MountHost } from '../../volume/index.ts';
import { admissionRefusal } from './admission.ts';
import { followRuntime } from './follow-runtime.ts';
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

/** Runs the pods that the API has bound to this node. */
export async function runKubelet(options: KubeletOptions): Promise<Kubelet> {
  const { client, clock, rng, logger, runtime, nodeName } = options;
  const ended = new AbortController();
  const informers = createInformerFactory({ client, clock, rng, logger });
  const pods = informers.informer<Pod>('pods', { fieldSelector: `spec.nodeName=${nodeName}` });
  const services = informers.informer<Service>('services');
  const nodes = informers.informer<Node>('nodes', { fieldSelector: `metadata.name=${nodeName}` });
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
      events.container(pod, container, {
        type: 'Warning',
        reason: 'Unhealthy',
        message: `${kind[0]!.toUpperCase()}${kind.slice(1)} probe failed: ${output}`,
      }),
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
    refuse: (pod) =>
      admissionRefusal(pod, {
        node: nodes.lister.get({ namespace: '', name: nodeName }),
        allocatable: options.nodeAllocatable,
        others: pods.lister.list().filter((p) => p.metadata?.uid !== pod.metadata?.uid && !isPodTerminal(p) && p.status?.startTime !== undefined),
      }),
    mountHost: options.mountHost ?? linuxMountHost,
    logRoot,
  };
  /** Ended here and asked to be deleted, but held in the API by finalizers. */
  const gone = new Set<string>();
  const changed = (pod: Pod) => {
    const uid = pod.metadata?.uid ?? '';
    const worker = workers.get(uid);
    if (worker) return worker.update(pod);
    if (gone.has(uid)) return;
    const made = new PodWorker(pod, node, () => {
      workers.delete(uid);
      if (pods.lister.get({ namespace: pod.metadata?.namespace ?? '', name: pod.metadata?.name ?? '' })?.metadata?.uid === uid) gone.add(uid);
    });
    workers.set(uid, made);
    made.wake();
  };
  informers.start(ended.signal);
  await Promise.all([pods.synced(ended.signal), services.synced(ended.signal), nodes.synced(ended.signal)]);
  pods.addHandler({
    onAdd: changed,
    onUpdate: (_old, pod) => changed(pod),
    onDelete: (pod) => {
      gone.delete(pod.metadata?.uid ?? '');
      workers.get(pod.metadata?.uid ?? '')?.update(undefined);
    },
  });
  await adoptOrphans({ node, workers, known: new Set(pods.lister.list().map((p) => p.metadata?.uid ?? '')) });
  const pleg = followRuntime({ ...options, wake: (uid) => workers.get(uid)?.wake(), signal: ended.signal });
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
async function adoptOrphans({
  node,
  workers,
  known,
}: {
  readonly node: NodeContext;
  readonly workers: Map<string, PodWorker>;
  readonly known: ReadonlySet<string>;
}): Promise<void> {
  const containers = await node.runtime.listContainers();
  for (const sandbox of await node.runtime.listPodSandbox()) {
    const uid = sandbox.labels[labels.podUid];
    if (uid === undefined || known.has(uid) || workers.has(uid)) continue;
    const grace = Number(containers.find((c) => c.podSandboxId === sandbox.id)?.annotations[annotations.terminationGracePeriod] ?? 30);
    const pod: Pod = {
      metadata: {
        name: sandbox.labels[labels.podName] ?? '',
        namespace: sandbox.labels[labels.podNamespace] ?? '',
        uid,
        deletionGracePeriodSeconds: grace,
      },
      spec: { containers: [] },
    };
    const worker = new PodWorker(pod, node, () => workers.delete(uid));
    workers.set(uid, worker);
    worker.update(undefined);
  }
}
