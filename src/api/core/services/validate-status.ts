import type { FieldError } from '../../../apimachinery/index.ts';
import { type Checks, collect } from '../../helpers/validation/checks.ts';
import { isDns1123Subdomain } from '../../helpers/validation/formats.ts';
import { checkIp, ipFamily } from '../../helpers/validation/ip.ts';
import type { LoadBalancerIngress, Service } from '../../types.gen.ts';

/** Where a load balancer is reached, of a Service. */
function checkIngress(c: Checks, ingress: LoadBalancerIngress, path: string): void {
  if (ingress.ip) {
    checkIp(c, ingress.ip, path, 'ip');
    if (ingress.ipMode === undefined) c.required(path, 'ipMode', 'must be specified when `ip` is set');
  } else if (ingress.ipMode !== undefined) c.forbidden(path, 'ipMode', 'may not be specified when `ip` is not set');
  if (ingress.ipMode !== undefined) c.oneOf(ingress.ipMode, ['Proxy', 'VIP'], path, 'ipMode');
  if (!ingress.hostname) return;
  c.format(isDns1123Subdomain, ingress.hostname, path, 'hostname');
  if (ipFamily(ingress.hostname)) c.invalid([path, 'hostname'], ingress.hostname, 'must be a DNS name, not an IP address');
}

/** An update of `/status`. */
export function validateServiceStatusUpdate(service: Service): readonly FieldError[] {
  return collect((c) => {
    const ingress = service.status?.loadBalancer?.ingress ?? [];
    if (ingress.length > 0 && service.spec?.type !== 'LoadBalancer') {
      return c.forbidden('status', 'loadBalancer.ingress', "may only be used when `spec.type` is 'LoadBalancer'");
    }
    for (const [i, item] of ingress.entries()) checkIngress(c, item, `status.loadBalancer.ingress[${i}]`);
  });
}
