import { join } from 'node:path';
import { type Pod, podRequests, podLimits } from '../api/index.ts';
import type { NamespaceOption, PodSandboxConfig, PortMapping } from '../cri/index.ts';
import { cpuShares, resourcesOf } from './container-resources.ts';
import { podLabels } from './runtime-labels.ts';

export interface SandboxContext {
  readonly attempt: number;
  readonly cgroupParent: string;
  readonly logRoot: string;
  readonly clusterDomain: string;
  readonly dns: { readonly servers: readonly string[]; readonly searches: readonly string[]; readonly options: readonly string[] };
}

/** Where the logs of a pod's containers go. */
export function podLogDirectory(logRoot: string, pod: Pod): string {
  const { namespace, name, uid } = pod.metadata ?? {};
  return join(logRoot, `${namespace}_${name}_${uid}`);
}

/** The longest name the kernel takes. */
const maxHostname = 64;

/**
 * The name a pod sees of itself: the whole one where it asks for it. Short ones have at most 63 characters and never end in a dash or dot.
 * Throws, in upstream's words, for a whole one that the kernel does not take.
 */
export function kernelHostname(pod: Pod, clusterDomain: string): string {
  const { hostnameOverride, setHostnameAsFQDN, subdomain } = pod.spec ?? {};
  if (hostnameOverride) return hostnameOverride;
  const short = podHostname(pod);
  if (!setHostnameAsFQDN || !subdomain) return short;
  const full = `${short}.${subdomain}.${pod.metadata?.namespace}.svc.${clusterDomain}`;
  if (full.length > maxHostname)
    throw new Error(
      `failed to construct FQDN from pod hostname and cluster domain, FQDN ${full} is too long (${maxHostname} characters is the max, ${full.length} characters requested)`,
    );
  return full;
}

export function podHostname(pod: Pod): string {
  const wanted = pod.spec?.hostname || pod.metadata?.name || '';
  return wanted.slice(0, 63).replace(/[-.]+$/, '');
}

export function namespaceOptions(pod: Pod): NamespaceOption {
  const { hostNetwork, hostPID, hostIPC, shareProcessNamespace } = pod.spec ?? {};
  return {
    network: hostNetwork ? 'NODE' : 'POD',
    pid: hostPID ? 'NODE' : shareProcessNamespace ? 'POD' : 'CONTAINER',
    ipc: hostIPC ? 'NODE' : 'POD',
  };
}

export function sandboxConfig(pod: Pod, context: SandboxContext): PodSandboxConfig {
  const { name = '', namespace = '', uid = '', annotations } = pod.metadata ?? {};
  const security = pod.spec?.securityContext;
  const hostNetwork = pod.spec?.hostNetwork ?? false;
  const groups = [...(security?.fsGroup === undefined ? [] : [security.fsGroup]), ...(security?.supplementalGroups ?? [])];
  return {
    metadata: { name, namespace, uid, attempt: context.attempt },
    ...(hostNetwork ? {} : { hostname: kernelHostname(pod, context.clusterDomain) }),
    logDirectory: podLogDirectory(context.logRoot, pod),
    dnsConfig: context.dns,
    portMappings: hostNetwork ? [] : portMappings(pod),
    labels: { ...pod.metadata?.labels, ...podLabels(pod) },
    annotations: { ...annotations },
    linux: {
      cgroupParent: context.cgroupParent,
      sysctls: Object.fromEntries((security?.sysctls ?? []).map((s) => [s.name, s.value])),
      securityContext: {
        namespaceOptions: namespaceOptions(pod),
        privileged: isPrivileged(pod),
        ...(security?.runAsUser === undefined ? {} : { runAsUser: { value: security.runAsUser } }),
        ...(security?.runAsGroup === undefined || security.runAsUser === undefined ? {} : { runAsGroup: { value: security.runAsGroup } }),
        supplementalGroups: groups,
        seccomp: { profileType: 'RuntimeDefault' },
      },
      resources: { ...resourcesOf(podRequests(pod), podLimits(pod)), cpuShares: cpuShares(podRequests(pod).get('cpu') ?? 0) },
    },
  };
}

/** A privileged container needs its sandbox privileged. */
function isPrivileged(pod: Pod): boolean {
  return [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].some((c) => c.securityContext?.privileged === true);
}

function portMappings(pod: Pod): PortMapping[] {
  const sidecars = (pod.spec?.initContainers ?? []).filter((c) => c.restartPolicy === 'Always');
  return [...sidecars, ...(pod.spec?.containers ?? [])].flatMap((c) =>
    (c.ports ?? []).flatMap((p) =>
      p.hostPort
        ? [
            {
              protocol: (p.protocol ?? 'TCP') as PortMapping['protocol'],
              containerPort: p.containerPort,
              hostPort: p.hostPort,
              ...(p.hostIP ? { hostIp: p.hostIP } : {}),
            },
          ]
        : [],
    ),
  );
}
