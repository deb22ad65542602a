import type { Clock, Logger } from '../base/index.ts';
import type { Pod, Service } from '../api/index.ts';
import type { Client } from '../client/index.ts';
import type { CriRuntime } from '../cri/index.ts';
import type { Lister } from '../client/index.ts';
import type { MountHost } from '../volume/index.ts';
import type { Images } from './images.ts';
import type { ObjectCache } from './object-cache.ts';
import type { PodEvents } from './pod-events.ts';
import type { PodRuntimeReader } from './pod-runtime.ts';
import type { Prober } from './probe/prober.ts';
import type { Backoff } from './restart-backoff.ts';

/** What the workers of all pods of one node share. */
export interface NodeContext {
  readonly client: Client;
  readonly runtime: CriRuntime;
  readonly reader: PodRuntimeReader;
  readonly images: Images;
  readonly objects: ObjectCache;
  readonly prober: Prober;
  readonly restarts: Backoff;
  readonly events: PodEvents;
  readonly services: Lister<Service>;
  readonly mountHost: MountHost;
  readonly clock: Clock;
  readonly logger: Logger;
  /** `pods/UID` below it holds what a pod has on the node. */
  readonly rootDir: string;
  readonly logRoot: string;
  /** Parent of all pods' cgroups. */
  readonly cgroupParent: string;
  /** Why a pod that is new here cannot run; undefined when it may. */
  readonly refuse: (pod: Pod) => { readonly reason: string; readonly message: string } | undefined;
  readonly nodeIP: string;
  readonly nodeAllocatable: ReadonlyMap<string, number>;
  readonly clusterDns: readonly string[];
  readonly clusterDomain: string;
}
