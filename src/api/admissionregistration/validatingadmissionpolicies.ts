import { define } from '../define.ts';
import { ageColumn, column, integer, nameColumn } from '../helpers/columns.ts';
import type { ValidatingAdmissionPolicy } from '../types.gen.ts';
import { paramKindText } from './columns.ts';
import { withStatus } from '../helpers/strategy.ts';
import { defaultMatchResources } from './defaults.ts';
import { validateValidatingPolicy } from './validate-policy.ts';

export const validatingAdmissionPolicies = define<ValidatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  kind: 'ValidatingAdmissionPolicy',
  plural: 'validatingadmissionpolicies',
  strategy: {
    ...withStatus({ resetMetadata: true }),
    allowUnconditionalUpdate: false,
    validate: validateValidatingPolicy,
    validateUpdate: (obj, _old, ctx) => (ctx.subresource === 'status' ? [] : validateValidatingPolicy(obj)),
    default(obj) {
      if (!obj.spec) return;
      obj.spec.failurePolicy ??= 'Fail';
      defaultMatchResources(obj.spec.matchConstraints);
    },
  },
  categories: ['api-extensions'],
  scope: 'Cluster',
  status: true,
  columns: [
    nameColumn,
    integer('Validations', (o) => o.spec?.validations?.length ?? 0),
    column('ParamKind', (o) => paramKindText(o.spec?.paramKind)),
    ageColumn,
  ],
});
