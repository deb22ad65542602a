import { ipFamily, type Service } from '../../../../api/index.ts';
import type { Draft } from '../../../../apimachinery/index.ts';
import type { IpFamily } from './ip-range.ts';

export type ServiceSpec = NonNullable<Draft<Service>['spec']>;

export function needsClusterIp(spec: ServiceSpec): boolean {
  return spec.type !== 'ExternalName';
}

export function isHeadless(spec: ServiceSpec): boolean {
  return spec.clusterIP === 'None' || spec.clusterIPs?.[0] === 'None';
}

export function needsNodePorts(spec: ServiceSpec): boolean {
  return spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
}

export function needsHealthCheckPort(spec: ServiceSpec): boolean {
  return spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
}

/** Fields that hang on addresses and ports, as an update without them means: as they were. */
export function keepAllocations(spec: ServiceSpec, old: ServiceSpec): void {
  if (needsClusterIp(spec) && needsClusterIp(old)) {
    if (!spec.clusterIP && old.clusterIP) spec.clusterIP = old.clusterIP;
    if (!spec.clusterIPs?.length && old.clusterIPs?.length && spec.clusterIP === old.clusterIP) spec.clusterIPs = [...old.clusterIPs];
    spec.ipFamilyPolicy ??= old.ipFamilyPolicy!;
    if (!spec.ipFamilies?.length && old.ipFamilies?.length) spec.ipFamilies = [...old.ipFamilies];
  }
  if (needsNodePorts(spec) && needsNodePorts(old)) {
    const used = new Set(spec.ports?.map((p) => p.nodePort).filter(Boolean));
    for (const port of spec.ports ?? []) {
      const before = old.ports?.find((p) => (p.name ?? '') === (port.name ?? ''));
      if (!port.nodePort && before?.nodePort && !used.has(before.nodePort)) port.nodePort = before.nodePort;
    }
  }
  if (needsHealthCheckPort(spec) && needsHealthCheckPort(old) && !spec.healthCheckNodePort && old.healthCheckNodePort) {
    spec.healthCheckNodePort = old.healthCheckNodePort;
  }
}

/** Fills in the families a Service is to have, from its addresses, its policy and what the cluster has. */
export function fillFamilies(spec: ServiceSpec, clusterFamilies: readonly IpFamily[]): void {
  if (!needsClusterIp(spec)) return;
  if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
  if (!spec.clusterIP && spec.clusterIPs?.length) spec.clusterIP = spec.clusterIPs[0]!;
  const selectorless = isHeadless(spec) && Object.keys(spec.selector ?? {}).length === 0;
  spec.ipFamilyPolicy ??= selectorless ? 'RequireDualStack' : 'SingleStack';
  const families = [...(spec.ipFamilies ?? [])];
  for (const [i, address] of (spec.clusterIPs ?? []).entries()) {
    const family = ipFamily(address);
    if (family && families[i] === undefined) families[i] = family;
  }
  if (families.length === 0) families.push(clusterFamilies[0] ?? 'IPv4');
  const isDual = spec.ipFamilyPolicy !== 'SingleStack' && (clusterFamilies.length > 1 || selectorless);
  if (isDual && families.length === 1) families.push(families[0] === 'IPv4' ? 'IPv6' : 'IPv4');
  spec.ipFamilies = families;
}
