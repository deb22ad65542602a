import { define } from '../define.ts';
import type { ValidatingAdmissionPolicyBinding } from '../types.gen.ts';
import { policyBindingColumns } from './columns.ts';

export const validatingAdmissionPolicyBindings = define<ValidatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  kind: 'ValidatingAdmissionPolicyBinding',
  plural: 'validatingadmissionpolicybindings',
  categories: ['api-extensions'],
  scope: 'Cluster',
  columns: policyBindingColumns,
});
