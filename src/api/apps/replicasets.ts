import { define } from '../define.ts';
import { ageColumn, integer, nameColumn, selectorText, templateColumns, wide } from '../helpers/columns.ts';
import type { ReplicaSet } from '../types.gen.ts';
import { replicaSetStrategy } from './replicasets/strategy.ts';

export const replicaSets = define<ReplicaSet>({
  group: 'apps',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  shortNames: ['rs'],
  categories: ['all'],
  status: true,
  strategy: replicaSetStrategy,
  scale: { specReplicas: 'spec.replicas', statusReplicas: 'status.replicas', selector: 'spec.selector' },
  columns: [
    nameColumn,
    integer('Desired', (o) => o.spec?.replicas ?? 0),
    integer('Current', (o) => o.status?.replicas ?? 0),
    integer('Ready', (o) => o.status?.readyReplicas ?? 0),
    ageColumn,
    ...templateColumns<ReplicaSet>((o) => o.spec?.template),
    wide('Selector', (o) => selectorText(o.spec?.selector)),
  ],
  selectableFields: { 'status.replicas': (o) => String(o.status?.replicas ?? 0) },
});
