import type { FieldError } from '../../../apimachinery/index.ts';
import { type Checks, collect } from '../../helpers/validation/checks.ts';
import type { Service, ServiceSpec } from '../../types.gen.ts';
import { checkService } from './validate.ts';

/** Addresses stay while both types have them; the second may be released. */
function checkKept(c: Checks, spec: ServiceSpec, old: ServiceSpec, field: 'clusterIPs' | 'ipFamilies'): void {
  const now = spec[field] ?? [];
  const single = field === 'clusterIPs' ? 'clusterIP' : 'ipFamily';
  for (const [i, before] of (old[field] ?? []).entries()) {
    if (i < now.length) {
      if (now[i] !== before) c.invalid(['spec', `${field}[${i}]`], field === 'clusterIPs' ? now : now[i], 'may not change once set');
    } else if (i === 0) c.invalid(['spec', `${field}[0]`], before, `primary ${single} can not be unset`);
    else if (spec.ipFamilyPolicy !== 'SingleStack') {
      c.invalid(['spec', 'ipFamilyPolicy'], spec.ipFamilyPolicy ?? null, `must be set to 'SingleStack' when releasing the secondary ${single}`);
    }
  }
}

export function validateServiceUpdate(service: Service, old: Service): readonly FieldError[] {
  return collect((c) => {
    const spec = service.spec ?? {};
    const before = old.spec ?? {};
    if (before.type !== 'ExternalName' && spec.type !== 'ExternalName') {
      checkKept(c, spec, before, 'clusterIPs');
      checkKept(c, spec, before, 'ipFamilies');
    }
    if (before.type === 'LoadBalancer' && spec.type === 'LoadBalancer' && before.loadBalancerClass !== spec.loadBalancerClass) {
      c.invalid(['spec', 'loadBalancerClass'], spec.loadBalancerClass ?? null, 'may not change once set');
    }
    if (before.healthCheckNodePort && spec.healthCheckNodePort && before.healthCheckNodePort !== spec.healthCheckNodePort) {
      c.forbidden('spec', 'healthCheckNodePort', 'field is immutable');
    }
    checkService(c, service);
  });
}
