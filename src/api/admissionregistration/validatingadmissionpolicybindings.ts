import { define } from '../define.ts';
import type { ValidatingAdmissionPolicyBinding } from '../types.gen.ts';
import { policyBindingColumns } from './columns.ts';
import { withGeneration } from '../helpers/strategy.ts';
import { defaultMatchResources } from './defaults.ts';
import { validatePolicyBinding } from './validate-policy.ts';

export const validatingAdmissionPolicyBindings = define<ValidatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  kind: 'ValidatingAdmissionPolicyBinding',
  plural: 'validatingadmissionpolicybindings',
  strategy: {
    ...withGeneration(),
    allowUnconditionalUpdate: false,
    validate: validatePolicyBinding,
    validateUpdate: validatePolicyBinding,
    default: (obj) => defaultMatchResources(obj.spec?.matchResources),
  },
  categories: ['api-extensions'],
  scope: 'Cluster',
  columns: policyBindingColumns,
});
