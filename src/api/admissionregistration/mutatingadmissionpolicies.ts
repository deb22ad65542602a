import { define } from '../define.ts';
import { ageColumn, column, integer, nameColumn } from '../helpers/columns.ts';
import type { MutatingAdmissionPolicy } from '../types.gen.ts';
import { paramKindText } from './columns.ts';
import { withGeneration } from '../helpers/strategy.ts';
import { defaultMatchResources } from './defaults.ts';
import { validateMutatingPolicy } from './validate-policy.ts';

export const mutatingAdmissionPolicies = define<MutatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  kind: 'MutatingAdmissionPolicy',
  plural: 'mutatingadmissionpolicies',
  strategy: {
    ...withGeneration(),
    allowUnconditionalUpdate: false,
    validate: validateMutatingPolicy,
    validateUpdate: validateMutatingPolicy,
    default(obj) {
      if (!obj.spec) return;
      obj.spec.failurePolicy ??= 'Fail';
      defaultMatchResources(obj.spec.matchConstraints);
    },
  },
  categories: ['api-extensions'],
  scope: 'Cluster',
  columns: [
    nameColumn,
    integer('Mutations', (o) => o.spec?.mutations?.length ?? 0),
    column('ParamKind', (o) => paramKindText(o.spec?.paramKind)),
    ageColumn,
  ],
});
