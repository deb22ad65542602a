import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, Logger, Rng } from '../base/index.ts';
import { isPodTerminal, type Node, type Pod, type Service } from '../api/index.ts';
import { type Client, createEventRecorder, createInformerFactory, type Lister } from '../client/index.ts';
import type { CriRuntime } from '../cri/index.ts';
import { linuxMountHost, type MountHost } from '../volume/index.ts';
import { admissionRefusal } from './admission.ts';
import { followRuntime } from './follow-runtime.ts';
import { runImageGarbageCollection } from './image-garbage.ts';
import { Images } from './images.ts';
import type { NodeContext } from './node-context.ts';
import { ObjectCache } from './object-cache.ts';
import { runOrphanCollection } from './orphans.ts';
import { podEvents } from './pod-events.ts';
import { PodRuntimeReader } from './pod-runtime.ts';
import type { PodWorker } from './pod-worker.ts';
import { PodWorkers } from './pod-workers.ts';
import { Prober, type ProberOptions } from './probe/prober.ts';
import { Backoff } from './restart-backoff.ts';

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
  /** Never removed, whoever uses it. */
  readonly sandboxImage?: string;
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
  let wake: (podUid: string) => void = () => {};
  const node = nodeContext(options, {
    pods: pods.lister,
    services: services.lister,
    nodes: nodes.lister,
    wake: (uid) => wake(uid),
    signal: ended.signal,
  });
  const workers = new PodWorkers(node, pods.lister);
  wake = (uid) => workers.get(uid)?.wake();
  informers.start(ended.signal);
  await Promise.all([pods.synced(ended.signal), services.synced(ended.signal), nodes.synced(ended.signal)]);
  pods.addHandler({
    onAdd: (pod) => workers.changed(pod),
    onUpdate: (_old, pod) => workers.changed(pod),
    onDelete: (pod) => workers.deleted(pod),
  });
  await workers.adoptOrphans();
  const { signal } = ended;
  const background = [
    runOrphanCollection({ ...node, isKnown: (uid) => workers.get(uid) !== undefined, signal }),
    runImageGarbageCollection({
      runtime,
      clock,
      logger,
      signal,
      ...(options.sandboxImage === undefined ? {} : { sandboxImage: options.sandboxImage }),
    }),
  ];
  const pleg = followRuntime({ ...options, wake, signal: ended.signal });
  return {
    logRoot: node.logRoot,
    runtime,
    pod: (namespace, name) => pods.lister.get({ namespace, name }),
    pods: () => pods.lister.list(),
    worker: (uid) => workers.get(uid),
    async stop() {
      workers.stop();
      node.prober.stop();
      ended.abort(new Error('the kubelet ends'));
      await Promise.all([pleg, ...background]);
    },
  };
}

interface Caches {
  readonly pods: Lister<Pod>;
  readonly services: Lister<Service>;
  readonly nodes: Lister<Node>;
  readonly wake: (podUid: string) => void;
  readonly signal: AbortSignal;
}

function nodeContext(options: KubeletOptions, { pods, services, nodes, wake, signal }: Caches): NodeContext {
  const { client, clock, rng, logger, runtime, nodeName } = options;
  const events = podEvents(createEventRecorder({ client, component: 'kubelet', host: nodeName, clock, logger, signal }));
  const logRoot = join(options.rootDir, 'pod-logs');
  mkdirSync(logRoot, { recursive: true, mode: 0o755 });
  const objects = new ObjectCache(client, clock);
  const onUnhealthy: ProberOptions['onUnhealthy'] = (pod, container, { kind, output }) => {
    const message = `${kind[0]!.toUpperCase()}${kind.slice(1)} probe failed: ${output}`;
    events.container(pod, container, { type: 'Warning', reason: 'Unhealthy', message });
  };
  return {
    ...options,
    reader: new PodRuntimeReader(runtime),
    images: new Images({ runtime, clock, events, secrets: objects }),
    objects,
    prober: new Prober({ runtime, clock, rng, onChange: wake, onUnhealthy }),
    restarts: new Backoff(),
    events,
    services,
    refuse: (pod) =>
      admissionRefusal(pod, {
        node: nodes.get({ namespace: '', name: nodeName }),
        allocatable: options.nodeAllocatable,
        others: pods.list().filter((p) => p.metadata?.uid !== pod.metadata?.uid && !isPodTerminal(p) && p.status?.startTime !== undefined),
      }),
    mountHost: options.mountHost ?? linuxMountHost,
    logRoot,
  };
}
