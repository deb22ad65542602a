import type { Authority } from '../pki/index.ts';
import { clusterRoleAggregationController } from './clusterrole-aggregation.ts';
import type { Controller } from './controller.ts';
import { csrApprovingController } from './csr/approving.ts';
import { csrCleanerController } from './csr/cleaner.ts';
import { csrSigningController } from './csr/signing.ts';
import { deploymentController } from './deployment/index.ts';
import { endpointsController } from './endpoints.ts';
import { endpointSliceController } from './endpointslice/index.ts';
import { endpointSliceMirroringController } from './endpointslice-mirroring.ts';
import { garbageCollectorController } from './garbage-collector/index.ts';
import { jobController } from './job/index.ts';
import { namespaceController } from './namespace/index.ts';
import { nodeIpamController } from './node/ipam.ts';
import { nodeLifecycleController } from './node/lifecycle.ts';
import { podGarbageCollectorController } from './node/pod-gc.ts';
import { taintEvictionController } from './node/taint-eviction.ts';
import { replicaSetController, replicationControllerController } from './replicaset.ts';
import { rootCaCertificatePublisher } from './root-ca-certificate-publisher.ts';
import { serviceAccountController } from './serviceaccount.ts';
import { ttlAfterFinishedController } from './ttl-after-finished.ts';

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
  /** Ranges of Service addresses: nodes get none of these. */
  readonly serviceCidrs?: readonly string[];
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

const dayMs = 24 * 3_600_000;

/** All controllers, by upstream's names. */
export const controllerRegistry: readonly ControllerEntry[] = [
  always(endpointsController),
  always(endpointSliceController),
  always(endpointSliceMirroringController),
  always(replicationControllerController),
  {
    name: 'pod-garbage-collector-controller',
    create: ({ terminatedPodThreshold = 12_500 }) => podGarbageCollectorController({ terminatedPodThreshold }),
  },
  always(namespaceController),
  always(serviceAccountController),
  always(garbageCollectorController),
  always(jobController),
  always(deploymentController),
  always(replicaSetController),
  {
    name: 'certificatesigningrequest-signing-controller',
    create: ({ signingAuthority: authority, signingDurationMs: maxDurationMs = 365 * dayMs }) =>
      authority === undefined ? undefined : csrSigningController({ authority, maxDurationMs }),
  },
  always(csrApprovingController),
  always(csrCleanerController),
  {
    name: 'node-ipam-controller',
    create: ({ clusterCidrs, nodeCidrMaskSizes = {}, serviceCidrs }) =>
      clusterCidrs === undefined
        ? undefined
        : nodeIpamController({
            clusterCidrs,
            maskSizes: { ipv4: nodeCidrMaskSizes.ipv4 ?? 24, ipv6: nodeCidrMaskSizes.ipv6 ?? 64 },
            ...(serviceCidrs === undefined ? {} : { serviceCidrs }),
          }),
  },
  {
    name: 'node-lifecycle-controller',
    create: ({ nodeMonitorGracePeriodMs = 50_000, nodeStartupGracePeriodMs = 60_000, nodeMonitorPeriodMs = 5_000 }) =>
      nodeLifecycleController({
        gracePeriodMs: nodeMonitorGracePeriodMs,
        startupGracePeriodMs: nodeStartupGracePeriodMs,
        monitorPeriodMs: nodeMonitorPeriodMs,
      }),
  },
  always(taintEvictionController),
  always(clusterRoleAggregationController),
  always(ttlAfterFinishedController),
  {
    name: 'root-ca-certificate-publisher-controller',
    create: ({ rootCa }) => (rootCa === undefined ? undefined : rootCaCertificatePublisher(rootCa)),
  },
];

/** The controllers that `config` allows; `names` chooses among them (`--controllers`), all when absent. */
export function createControllers(config: ControllerConfig, names?: readonly string[]): readonly Controller[] {
  const chosen = names === undefined ? controllerRegistry : controllerRegistry.filter((c) => names.includes(c.name));
  return chosen.flatMap((entry) => entry.create(config) ?? []);
}
