import { define } from '../define.ts';
import type { MutatingAdmissionPolicyBinding } from '../types.gen.ts';
import { policyBindingColumns } from './columns.ts';
import { withGeneration } from '../helpers/strategy.ts';
import { defaultMatchResources } from './defaults.ts';

export const mutatingAdmissionPolicyBindings = define<MutatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  kind: 'MutatingAdmissionPolicyBinding',
  plural: 'mutatingadmissionpolicybindings',
  strategy: {
    ...withGeneration(),
    allowUnconditionalUpdate: false,
    default: (obj) => defaultMatchResources(obj.spec?.matchResources),
  },
  categories: ['api-extensions'],
  scope: 'Cluster',
  columns: policyBindingColumns,
});
