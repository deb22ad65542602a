import { define } from '../define.ts';
import { ageColumn, column, nameColumn } from '../helpers/columns.ts';
import type { ResourceSlice } from '../types.gen.ts';
import { withGeneration } from '../helpers/strategy.ts';

export const resourceSlices = define<ResourceSlice>({
  group: 'resource.k8s.io',
  kind: 'ResourceSlice',
  plural: 'resourceslices',
  strategy: withGeneration(),
  scope: 'Cluster',
  columns: [
    nameColumn,
    column('Node', (o) => o.spec?.nodeName ?? ''),
    column('Driver', (o) => o.spec?.driver ?? ''),
    column('Pool', (o) => o.spec?.pool?.name ?? ''),
    ageColumn,
  ],
  selectableFields: { 'spec.nodeName': (o) => o.spec?.nodeName ?? '', 'spec.driver': (o) => o.spec?.driver ?? '' },
});
