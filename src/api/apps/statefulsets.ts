import { define } from '../define.ts';
import { ageColumn, column, nameColumn, templateColumns } from '../helpers/columns.ts';
import type { StatefulSet } from '../types.gen.ts';
import { statefulSetStrategy } from './statefulsets/strategy.ts';

export const statefulSets = define<StatefulSet>({
  group: 'apps',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  shortNames: ['sts'],
  categories: ['all'],
  status: true,
  strategy: statefulSetStrategy,
  scale: { specReplicas: 'spec.replicas', statusReplicas: 'status.replicas', selector: 'spec.selector' },
  columns: [
    nameColumn,
    column('Ready', (o) => `${o.status?.readyReplicas ?? 0}/${o.spec?.replicas ?? 0}`),
    ageColumn,
    ...templateColumns<StatefulSet>((o) => o.spec?.template),
  ],
});
