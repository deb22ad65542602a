import type { FieldError } from '../../../apimachinery/index.ts';
import type { PodDisruptionBudget } from '../../types.gen.ts';
import { collect } from './checks.ts';
import { checkLabelSelector } from './metadata.ts';
import { checkIntOrPercent, checkNotMoreThan100Percent } from './ports.ts';

export function validatePodDisruptionBudget(obj: PodDisruptionBudget): readonly FieldError[] {
  return collect((c) => {
    const spec = obj.spec ?? {};
    if (spec.minAvailable !== undefined && spec.maxUnavailable !== undefined) {
      c.invalid(['spec', ''], spec, 'minAvailable and maxUnavailable cannot be both set');
    }
    for (const field of ['minAvailable', 'maxUnavailable'] as const) {
      if (spec[field] === undefined) continue;
      checkIntOrPercent(c, spec[field], 'spec', field);
      checkNotMoreThan100Percent(c, spec[field], 'spec', field);
    }
    checkLabelSelector(c, spec.selector, 'spec.selector');
    if (spec.unhealthyPodEvictionPolicy !== undefined) {
      c.oneOf(spec.unhealthyPodEvictionPolicy, ['AlwaysAllow', 'IfHealthyBudget'], 'spec', 'unhealthyPodEvictionPolicy');
    }
  });
}
