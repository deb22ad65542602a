import { define } from '../define.ts';
import { ageColumn, column, nameColumn } from '../helpers/columns.ts';
import type { Namespace } from '../types.gen.ts';
import { namespaceStrategy } from './namespaces/strategy.ts';

export const namespaces = define<Namespace>({
  group: '',
  kind: 'Namespace',
  plural: 'namespaces',
  shortNames: ['ns'],
  scope: 'Cluster',
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  status: true,
  strategy: namespaceStrategy,
  subresources: [{ name: 'finalize', verbs: ['update'], kind: { group: '', version: 'v1', kind: 'Namespace' } }],
  columns: [nameColumn, column('Status', (o) => o.status?.phase ?? ''), ageColumn],
  selectableFields: { 'status.phase': (o) => o.status?.phase ?? '', name: (o) => o.metadata?.name ?? '' },
});
