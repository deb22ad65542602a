import type { Authority } from '../pki/index.ts';
import type { Controller } from './controller.ts';
import { deploymentController } from './deployment/index.ts';
import { replicaSetController, replicationControllerController } from './replicaset.ts';

/** What the controllers need to know of their cluster. A controller whose part is missing is not made. */
export interface ControllerConfig {
  /** PEM that clients of the API server trust: published in each namespace. */
  readonly rootCa?: string;
  /** Signs for the kubernetes.io signers. */
  readonly signingAuthority?: Authority;
  /** Longest validity of what is signed. Default a year. */
  readonly signingDurationMs?: number;
  /** Ranges of Pod addresses, one an address family; node ranges are cut from them. */
  readonly clusterCidrs?: readonly string[];
  /** Size of a node's range. Default 24 for IPv4, 64 for IPv6. */
  readonly nodeCidrMaskSizes?: { readonly ipv4?: number; readonly ipv6?: number };
  /** A node that was silent for so long is Unknown. Default 50 s, as upstream. */
  readonly nodeMonitorGracePeriodMs?: number;
  /** The same for a node that never reported. Default 60 s. */
  readonly nodeStartupGracePeriodMs?: number;
  /** Default 5 s. */
  readonly nodeMonitorPeriodMs?: number;
  /** Finished Pods beyond this many are deleted. Default 12500. */
  readonly terminatedPodThreshold?: number;
}

export interface ControllerEntry {
  readonly name: string;
  create(config: ControllerConfig): Controller | undefined;
}

const always = (controller: Controller): ControllerEntry => ({ name: controller.name, create: () => controller });

/** All controllers, by upstream's names. */
export const controllerRegistry: readonly ControllerEntry[] = [
  always(replicationControllerController),
  always(deploymentController),
  always(replicaSetController),
];

/** The controllers that `config` allows; `names` chooses among them (`--controllers`), all when absent. */
export function createControllers(config: ControllerConfig, names?: readonly string[]): readonly Controller[] {
  const chosen = names === undefined ? controllerRegistry : controllerRegistry.filter((c) => names.includes(c.name));
  return chosen.flatMap((entry) => entry.create(config) ?? []);
}
