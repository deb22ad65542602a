import type { Column } from '../definition.ts';
import { ageColumn, column, nameColumn, wide } from '../helpers/columns.ts';
import type { ClusterRoleBinding, RoleBinding, Subject } from '../types.gen.ts';

type Binding = RoleBinding | ClusterRoleBinding;

function subjectsText(o: Binding, kind: string, text: (subject: Subject) => string): string {
  return (o.subjects ?? []).flatMap((s) => (s.kind === kind ? [text(s)] : [])).join(', ');
}

export const bindingColumns: readonly Column<Binding>[] = [
  nameColumn,
  column('Role', (o) => `${o.roleRef?.kind ?? ''}/${o.roleRef?.name ?? ''}`),
  ageColumn,
  wide('Users', (o) => subjectsText(o, 'User', (s) => s.name)),
  wide('Groups', (o) => subjectsText(o, 'Group', (s) => s.name)),
  wide('ServiceAccounts', (o) => subjectsText(o, 'ServiceAccount', (s) => `${s.namespace ?? ''}/${s.name}`)),
];
