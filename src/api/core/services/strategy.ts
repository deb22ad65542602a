import type { Draft } from '../../../apimachinery/index.ts';
import type { RequestContext, Strategy } from '../../definition.ts';
import { semanticEqual } from '../../helpers/semantic-equal.ts';
import { keep, keepAllButStatus } from '../../helpers/strategy.ts';
import type { Service, ServiceSpec } from '../../types.gen.ts';
import { validateServiceStatusUpdate } from './validate-status.ts';
import { validateServiceUpdate } from './validate-update.ts';
import { validateService } from './validate.ts';

type Spec = Draft<ServiceSpec>;

const takesClusterIp = (type: string | undefined) => type === 'ClusterIP' || type === 'NodePort' || type === 'LoadBalancer';
const takesNodePorts = (type: string | undefined) => type === 'NodePort' || type === 'LoadBalancer';

/** Reached from outside the cluster. */
export function isExternallyAccessible(spec: ServiceSpec): boolean {
  return takesNodePorts(spec.type) || (spec.type === 'ClusterIP' && (spec.externalIPs?.length ?? 0) > 0);
}

export function needsHealthCheckNodePort(spec: ServiceSpec): boolean {
  return spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
}

function setDefaults(service: Draft<Service>): void {
  const spec = (service.spec ??= {});
  spec.sessionAffinity ||= 'None';
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  else if (spec.sessionAffinity === 'ClientIP') {
    const config = (spec.sessionAffinityConfig ??= {});
    (config.clientIP ??= {}).timeoutSeconds ??= 10800;
  }
  spec.type ||= 'ClusterIP';
  for (const port of spec.ports ?? []) {
    port.protocol ||= 'TCP';
    if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '') port.targetPort = port.port;
  }
  if (!spec.externalTrafficPolicy && isExternallyAccessible(spec)) spec.externalTrafficPolicy = 'Cluster';
  if (spec.internalTrafficPolicy === undefined && takesClusterIp(spec.type)) spec.internalTrafficPolicy = 'Cluster';
  if (spec.type !== 'LoadBalancer') return;
  spec.allocateLoadBalancerNodePorts ??= true;
  for (const ingress of service.status?.loadBalancer?.ingress ?? []) if (ingress.ip) ingress.ipMode ??= 'VIP';
}

const same = (spec: Spec, old: ServiceSpec, field: keyof ServiceSpec) => semanticEqual(spec[field], old[field]);

function dropUnchanged(spec: Spec, old: ServiceSpec, fields: readonly (keyof ServiceSpec)[]): void {
  for (const field of fields) if (same(spec, old, field)) delete spec[field];
}

function dropNodePorts(spec: Spec, old: ServiceSpec): void {
  const before = new Set((old.ports ?? []).map((p) => p.nodePort));
  for (const port of spec.ports ?? []) if (port.nodePort && before.has(port.nodePort)) delete port.nodePort;
}

/** Fields that the new type cannot have go away with the old type, unless the caller changed them too. */
function dropTypeDependentFields(service: Draft<Service>, old: Service): void {
  const spec = service.spec!;
  const before = old.spec ?? {};
  if (takesClusterIp(before.type) && !takesClusterIp(spec.type)) {
    dropUnchanged(spec, before, ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy']);
  }
  if (takesNodePorts(before.type) && !takesNodePorts(spec.type)) dropNodePorts(spec, before);
  if (needsHealthCheckNodePort(before) && !needsHealthCheckNodePort(spec)) dropUnchanged(spec, before, ['healthCheckNodePort']);
  if (isExternallyAccessible(before) && !isExternallyAccessible(spec)) dropUnchanged(spec, before, ['externalTrafficPolicy']);
  if (before.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    dropUnchanged(spec, before, ['allocateLoadBalancerNodePorts', 'loadBalancerClass']);
    service.status = { ...service.status, loadBalancer: {} } as NonNullable<Draft<Service>['status']>;
  }
}

export const serviceStrategy: Strategy<Service> = {
  nameRule: 'dns1123Label',
  allowCreateOnUpdate: true,
  default: setDefaults,
  prepareForCreate(service) {
    service.status = { loadBalancer: {} };
  },
  prepareForUpdate(service, old, ctx: RequestContext) {
    if (ctx.subresource === 'status') return keepAllButStatus(service, old);
    keep(service, old, 'status');
    if (service.spec) dropTypeDependentFields(service, old);
  },
  validate: validateService,
  validateUpdate: (service, old, ctx) => (ctx.subresource === 'status' ? validateServiceStatusUpdate(service) : validateServiceUpdate(service, old)),
};
