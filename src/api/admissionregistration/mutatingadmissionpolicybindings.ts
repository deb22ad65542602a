import { define } from '../define.ts';
import type { MutatingAdmissionPolicyBinding } from '../types.gen.ts';
import { policyBindingColumns } from './columns.ts';

export const mutatingAdmissionPolicyBindings = define<MutatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  kind: 'MutatingAdmissionPolicyBinding',
  plural: 'mutatingadmissionpolicybindings',
  categories: ['api-extensions'],
  scope: 'Cluster',
  columns: policyBindingColumns,
});
