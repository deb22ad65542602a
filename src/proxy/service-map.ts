import type { EndpointSlice, Service } from '../api/index.ts';

/** One address behind a service port. */
export interface Endpoint {
  readonly ip: string;
  readonly port: number;
  readonly isLocal: boolean;
}

/** One port of one Service as the rules need it, its endpoints already chosen. */
export interface ServicePort {
  /** `namespace/name:port`, what upstream calls ServicePortName. */
  readonly id: string;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  readonly clusterIP: string;
  readonly port: number;
  readonly nodePort: number;
  readonly externalIPs: readonly string[];
  readonly loadBalancerIPs: readonly string[];
  readonly loadBalancerSourceRanges: readonly string[];
  /** 0 = no session affinity. */
  readonly affinitySeconds: number;
  readonly internalPolicyLocal: boolean;
  readonly externalPolicyLocal: boolean;
  /** For policy Cluster: the ready ones, or, when none is ready, those serving while terminating. */
  readonly endpoints: readonly Endpoint[];
  /** For policy Local: of this node, chosen the same way. */
  readonly localEndpoints: readonly Endpoint[];
}

interface Candidate extends Endpoint {
  readonly ready: boolean;
  readonly servingTerminating: boolean;
}

/** A Service with its slices as seen from `nodeName`. Services without a ClusterIP (headless, ExternalName) have no rules. IPv4. */
export function servicePorts(service: Service, slices: readonly EndpointSlice[], nodeName: string): ServicePort[] {
  const spec = service.spec;
  if (!spec || !isIPv4(spec.clusterIP) || spec.type === 'ExternalName') return [];
  const key = `${service.metadata?.namespace}/${service.metadata?.name}`;
  const external = spec.type === 'NodePort' || spec.type === 'LoadBalancer';
  return (spec.ports ?? []).map((port) => {
    const candidates = candidatesOf(port.name ?? '', slices, nodeName);
    const local = candidates.filter((c) => c.isLocal);
    return {
      id: `${key}:${port.name ?? ''}`,
      protocol: (port.protocol ?? 'TCP').toLowerCase() as ServicePort['protocol'],
      clusterIP: spec.clusterIP!,
      port: port.port,
      nodePort: external ? (port.nodePort ?? 0) : 0,
      externalIPs: (spec.externalIPs ?? []).filter(isIPv4),
      loadBalancerIPs: loadBalancerIPs(service),
      loadBalancerSourceRanges: (spec.loadBalancerSourceRanges ?? []).map((r) => r.trim()).filter((r) => isIPv4(r.split('/')[0])),
      affinitySeconds: spec.sessionAffinity === 'ClientIP' ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800) : 0,
      internalPolicyLocal: spec.internalTrafficPolicy === 'Local',
      externalPolicyLocal: external && spec.externalTrafficPolicy === 'Local',
      endpoints: usable(candidates),
      localEndpoints: usable(local),
    };
  });
}

function loadBalancerIPs(service: Service): string[] {
  const ingress = service.status?.loadBalancer?.ingress ?? [];
  return ingress.flatMap((i) => (isIPv4(i.ip) && (i.ipMode ?? 'VIP') === 'VIP' ? [i.ip] : []));
}

function candidatesOf(portName: string, slices: readonly EndpointSlice[], nodeName: string): Candidate[] {
  const byAddress = new Map<string, Candidate>();
  for (const slice of slices) {
    const port = (slice.ports ?? []).find((p) => (p.name ?? '') === portName)?.port;
    if (slice.addressType !== 'IPv4' || !port) continue;
    for (const endpoint of slice.endpoints ?? []) {
      const ip = endpoint.addresses[0];
      if (ip === undefined) continue;
      const ready = endpoint.conditions?.ready ?? true;
      const servingTerminating = (endpoint.conditions?.serving ?? ready) && (endpoint.conditions?.terminating ?? false);
      byAddress.set(`${ip}:${port}`, { ip, port, isLocal: endpoint.nodeName === nodeName, ready, servingTerminating });
    }
  }
  return [...byAddress.values()];
}

function usable(candidates: readonly Candidate[]): Endpoint[] {
  const ready = candidates.filter((c) => c.ready);
  return (ready.length > 0 ? ready : candidates.filter((c) => c.servingTerminating)).map(({ ip, port, isLocal }) => ({ ip, port, isLocal }));
}

export function isIPv4(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,3}(\.\d{1,3}){3}$/.test(text);
}
