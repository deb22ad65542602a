import { define } from '../define.ts';
import { ageColumn, column, nameColumn } from '../helpers/columns.ts';
import type { Lease } from '../types.gen.ts';
import type { FieldError } from '../../apimachinery/index.ts';
import { collect } from '../helpers/validation/checks.ts';

function validate(obj: Lease): readonly FieldError[] {
  return collect((c) => {
    const { leaseDurationSeconds: duration, leaseTransitions, preferredHolder, strategy } = obj.spec ?? {};
    if (duration !== undefined && duration <= 0) c.invalid(['spec', 'leaseDurationSeconds'], duration, 'must be greater than 0');
    c.nonNegative(leaseTransitions, 'spec', 'leaseTransitions');
    if (preferredHolder && !strategy) c.forbidden('spec', 'preferredHolder', 'may only be specified if `strategy` is defined');
  });
}

export const leases = define<Lease>({
  group: 'coordination.k8s.io',
  kind: 'Lease',
  plural: 'leases',
  strategy: {
    allowCreateOnUpdate: true,
    prepareForCreate(obj) {
      delete obj.spec?.strategy;
      delete obj.spec?.preferredHolder;
    },
    validate,
    validateUpdate: validate,
  },
  columns: [nameColumn, column('Holder', (o) => o.spec?.holderIdentity ?? ''), ageColumn],
});
