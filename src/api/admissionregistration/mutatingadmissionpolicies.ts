import { define } from '../define.ts';
import { ageColumn, column, integer, nameColumn } from '../helpers/columns.ts';
import type { MutatingAdmissionPolicy } from '../types.gen.ts';
import { paramKindText } from './columns.ts';

export const mutatingAdmissionPolicies = define<MutatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  kind: 'MutatingAdmissionPolicy',
  plural: 'mutatingadmissionpolicies',
  categories: ['api-extensions'],
  scope: 'Cluster',
  columns: [
    nameColumn,
    integer('Mutations', (o) => o.spec?.mutations?.length ?? 0),
    column('ParamKind', (o) => paramKindText(o.spec?.paramKind)),
    ageColumn,
  ],
});
