import { define } from '../define.ts';
import type { MutatingAdmissionPolicyBinding } from '../types.gen.ts';
import { policyBindingColumns } from './columns.ts';
import { withGeneration } from '../helpers/strategy.ts';
import { defaultMatchResources } from './defaults.ts';
import { validatePolicyBinding } from './validate-policy.ts';

export const mutatingAdmissionPolicyBindings = define<MutatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  kind: 'MutatingAdmissionPolicyBinding',
  plural: 'mutatingadmissionpolicybindings',
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
