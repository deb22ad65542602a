import { define } from '../define.ts';
import { column, nameColumn } from '../helpers/columns.ts';
import type { ComponentStatus } from '../types.gen.ts';

const healthy = (o: ComponentStatus) => o.conditions?.find((c) => c.type === 'Healthy');

export const componentStatuses = define<ComponentStatus>({
  group: '',
  kind: 'ComponentStatus',
  plural: 'componentstatuses',
  shortNames: ['cs'],
  scope: 'Cluster',
  verbs: ['get', 'list'],
  virtual: true,
  columns: [
    nameColumn,
    column('Status', (o) => (healthy(o) ? (healthy(o)!.status === 'True' ? 'Healthy' : 'Unhealthy') : 'Unknown')),
    column('Message', (o) => healthy(o)?.message ?? ''),
    column('Error', (o) => healthy(o)?.error ?? ''),
  ],
});
