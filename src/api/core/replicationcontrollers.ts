import { define } from '../define.ts';
import { ageColumn, integer, labelsText, nameColumn, templateColumns, wide } from '../helpers/columns.ts';
import type { ReplicationController } from '../types.gen.ts';
import { replicationControllerStrategy } from './replicationcontrollers/strategy.ts';

export const replicationControllers = define<ReplicationController>({
  group: '',
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  shortNames: ['rc'],
  categories: ['all'],
  status: true,
  strategy: replicationControllerStrategy,
  scale: { specReplicas: 'spec.replicas', statusReplicas: 'status.replicas', selector: 'spec.selector' },
  columns: [
    nameColumn,
    integer('Desired', (o) => o.spec?.replicas ?? 0),
    integer('Current', (o) => o.status?.replicas ?? 0),
    integer('Ready', (o) => o.status?.readyReplicas ?? 0),
    ageColumn,
    ...templateColumns<ReplicationController>((o) => o.spec?.template),
    wide('Selector', (o) => labelsText(o.spec?.selector)),
  ],
  selectableFields: { 'status.replicas': (o) => String(o.status?.replicas ?? 0) },
});
