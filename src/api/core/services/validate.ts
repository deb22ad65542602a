import type { FieldError } from '../../../apimachinery/index.ts';
import { type Checks, collect } from '../../helpers/validation/checks.ts';
import { isDns1123Label, isDns1123Subdomain, isLabelKey, isValidPortNum } from '../../helpers/validation/formats.ts';
import { checkEndpointIp, checkIp, cidrErrors, ipFamily } from '../../helpers/validation/ip.ts';
import { checkLabels } from '../../helpers/validation/metadata.ts';
import { checkPortNumOrName } from '../../helpers/validation/ports.ts';
import type { Service, ServicePort, ServiceSpec } from '../../types.gen.ts';

const protocols = ['SCTP', 'TCP', 'UDP'];
const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const policies = ['Cluster', 'Local'];
const onlyLoadBalancer = "may only be used when `type` is 'LoadBalancer'";

function checkPort(c: Checks, port: ServicePort, at: { readonly path: string; readonly nameless: boolean; readonly names: Set<string> }): void {
  const { path, names } = at;
  if (!at.nameless && !port.name) c.required(path, 'name');
  else if (port.name) {
    c.format(isDns1123Label, port.name, path, 'name');
    if (names.has(port.name)) c.duplicate(path, 'name', port.name);
    names.add(port.name);
  }
  c.texts(isValidPortNum(port.port ?? 0), [path, 'port'], port.port ?? 0);
  c.requiredOneOf(port.protocol, protocols, path, 'protocol');
  checkPortNumOrName(c, port.targetPort, path, 'targetPort');
  c.optionalFormat(isLabelKey, port.appProtocol, path, 'appProtocol');
}

function checkPorts(c: Checks, spec: ServiceSpec): void {
  const ports = spec.ports ?? [];
  const headless = spec.clusterIP === 'None';
  if (ports.length === 0 && !headless && spec.type !== 'ExternalName') c.required('spec', 'ports');
  const names = new Set<string>();
  for (const [i, port] of ports.entries()) checkPort(c, port, { path: `spec.ports[${i}]`, nameless: ports.length <= 1, names });
}

function checkType(c: Checks, spec: ServiceSpec): void {
  switch (spec.type) {
    case 'LoadBalancer':
    case 'NodePort':
      if (spec.clusterIP === 'None') c.invalid(['spec', 'clusterIPs[0]'], 'None', `may not be set to 'None' for ${spec.type} services`);
      break;
    case 'ExternalName': {
      for (const field of ['clusterIPs', 'ipFamilies'] as const) {
        if (spec[field]?.length) c.forbidden('spec', field, 'may not be set for ExternalName services');
      }
      if (spec.ipFamilyPolicy !== undefined) c.forbidden('spec', 'ipFamilyPolicy', 'may not be set for ExternalName services');
      const name = (spec.externalName ?? '').replace(/\.$/, '');
      if (name === '') c.required('spec', 'externalName');
      else c.format(isDns1123Subdomain, name, 'spec', 'externalName');
      break;
    }
    default:
  }
}

function checkAffinity(c: Checks, spec: ServiceSpec): void {
  c.requiredOneOf(spec.sessionAffinity, ['ClientIP', 'None'], 'spec', 'sessionAffinity');
  const config = spec.sessionAffinityConfig;
  if (spec.sessionAffinity === 'None' && config) {
    c.forbidden('spec', 'sessionAffinityConfig', 'must not be set when session affinity is None');
  }
  if (spec.sessionAffinity !== 'ClientIP') return;
  const text = 'when session affinity type is ClientIP';
  const seconds = config?.clientIP?.timeoutSeconds;
  if (!config) c.required('spec', 'sessionAffinityConfig', text);
  else if (!config.clientIP) c.required('spec', 'sessionAffinityConfig.clientIP', text);
  else if (seconds === undefined) c.required('spec', 'sessionAffinityConfig.clientIP.timeoutSeconds', text);
  else if (seconds <= 0 || seconds > 86400) {
    c.invalid(['spec', 'sessionAffinityConfig.clientIP.timeoutSeconds'], seconds, 'must be greater than 0 and less than 86400');
  }
}

function checkFamilies(c: Checks, spec: ServiceSpec): void {
  const seen = new Set<string>();
  for (const [i, family] of (spec.ipFamilies ?? []).entries()) {
    c.oneOf(family, ['IPv4', 'IPv6'], 'spec', `ipFamilies[${i}]`);
    if (seen.has(family)) c.duplicate('spec', `ipFamilies[${i}]`, family);
    seen.add(family);
  }
  if (spec.ipFamilyPolicy !== undefined) {
    c.oneOf(spec.ipFamilyPolicy, ['PreferDualStack', 'RequireDualStack', 'SingleStack'], 'spec', 'ipFamilyPolicy');
  }
}

function checkClusterIps(c: Checks, spec: ServiceSpec): void {
  if (spec.type === 'ExternalName') return;
  const ips = spec.clusterIPs ?? [];
  if (!spec.clusterIP) {
    if (ips.length > 0) c.invalid(['spec', 'clusterIPs'], ips, 'must be empty when `clusterIP` is not specified');
  } else if (ips.length === 0) c.required('spec', 'clusterIPs');
  else if (ips[0] !== spec.clusterIP) c.invalid(['spec', 'clusterIPs'], ips, 'first value must match `clusterIP`');
  checkFamilies(c, spec);
  const families: (string | undefined)[] = [];
  for (const [i, ip] of ips.entries()) {
    if (ip === 'None') {
      if (i > 0 || ips.length > 1) c.invalid(['spec', 'clusterIPs'], ips, "'None' must be the first and only value");
      return;
    }
    checkIp(c, ip, 'spec', `clusterIPs[${i}]`);
    const family = ipFamily(ip);
    families.push(family);
    const expected = spec.ipFamilies?.[i];
    if (expected && family && family !== expected) {
      c.invalid(['spec', `clusterIPs[${i}]`], ip, `expected an ${expected} value as indicated by \`ipFamilies[${i}]\``);
    }
  }
  if (ips.length > 2) c.invalid(['spec', 'clusterIPs'], ips, 'may only hold up to 2 values');
  if (ips.length === 2 && families[0] === families[1]) c.invalid(['spec', 'clusterIPs'], ips, 'may specify no more than one IP for each IP family');
}

function checkPortClashes(c: Checks, spec: ServiceSpec): void {
  const nodePorts = new Set<string>();
  const ports = new Set<string>();
  for (const [i, port] of (spec.ports ?? []).entries()) {
    if (spec.type === 'ClusterIP' && port.nodePort) c.forbidden('spec', `ports[${i}].nodePort`, "may not be used when `type` is 'ClusterIP'");
    if (port.nodePort) {
      const key = `${port.protocol}/${port.nodePort}`;
      if (nodePorts.has(key)) c.duplicate('spec', `ports[${i}].nodePort`, port.nodePort);
      nodePorts.add(key);
    }
    const key = `${port.protocol}/${port.port}`;
    if (ports.has(key)) c.duplicate('spec', `ports[${i}]`, { protocol: port.protocol, port: port.port });
    ports.add(key);
  }
}

function checkLoadBalancer(c: Checks, spec: ServiceSpec): void {
  const isBalancer = spec.type === 'LoadBalancer';
  if (spec.loadBalancerSourceRanges?.length) {
    if (!isBalancer) c.forbidden('spec', 'LoadBalancerSourceRanges', onlyLoadBalancer);
    for (const [i, range] of spec.loadBalancerSourceRanges.entries()) {
      c.texts(cidrErrors(range.trim()), ['spec', `LoadBalancerSourceRanges[${i}]`], range);
    }
  }
  if (spec.allocateLoadBalancerNodePorts !== undefined && !isBalancer) c.forbidden('spec', 'allocateLoadBalancerNodePorts', onlyLoadBalancer);
  if (isBalancer && spec.allocateLoadBalancerNodePorts === undefined) c.required('allocateLoadBalancerNodePorts', '');
  if (spec.loadBalancerClass !== undefined) {
    if (!isBalancer) c.forbidden('spec', 'loadBalancerClass', onlyLoadBalancer);
    else c.format(isLabelKey, spec.loadBalancerClass, 'spec', 'loadBalancerClass');
  }
}

function checkTraffic(c: Checks, spec: ServiceSpec): void {
  const external = spec.type === 'NodePort' || spec.type === 'LoadBalancer' || (spec.type === 'ClusterIP' && Boolean(spec.externalIPs?.length));
  if (spec.externalTrafficPolicy && !external) {
    c.invalid(['spec', 'externalTrafficPolicy'], spec.externalTrafficPolicy, 'may only be set for externally-accessible services');
  } else if (external) c.requiredOneOf(spec.externalTrafficPolicy, policies, 'spec', 'externalTrafficPolicy');
  const needsCheck = spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
  if (needsCheck) {
    if (!spec.healthCheckNodePort) c.required('spec', 'healthCheckNodePort');
    else c.texts(isValidPortNum(spec.healthCheckNodePort), ['spec', 'healthCheckNodePort'], spec.healthCheckNodePort);
  } else if (spec.healthCheckNodePort) {
    const text = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    c.invalid(['spec', 'healthCheckNodePort'], spec.healthCheckNodePort, text);
  }
  if (spec.internalTrafficPolicy === undefined) {
    if (spec.type !== 'ExternalName') c.required('spec', 'internalTrafficPolicy');
  } else c.oneOf(spec.internalTrafficPolicy, policies, 'spec', 'internalTrafficPolicy');
  if (spec.trafficDistribution !== undefined) {
    c.oneOf(spec.trafficDistribution, ['PreferClose', 'PreferSameZone', 'PreferSameNode'], 'spec', 'trafficDistribution');
  }
}

/** The rules that hold once addresses and ports are allocated. */
export function checkService(c: Checks, service: Service): void {
  const spec = service.spec ?? {};
  checkPorts(c, spec);
  checkType(c, spec);
  checkLabels(c, spec.selector, 'spec', 'selector');
  checkAffinity(c, spec);
  checkClusterIps(c, spec);
  for (const [i, ip] of (spec.externalIPs ?? []).entries()) checkEndpointIp(c, ip, 'spec', `externalIPs[${i}]`);
  c.requiredOneOf(spec.type, types, 'spec', 'type');
  checkPortClashes(c, spec);
  checkLoadBalancer(c, spec);
  checkTraffic(c, spec);
}

export function validateService(service: Service): readonly FieldError[] {
  return collect((c) => checkService(c, service));
}
