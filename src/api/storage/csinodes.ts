import { define } from '../define.ts';
import { ageColumn, integer, nameColumn } from '../helpers/columns.ts';
import type { CSINode } from '../types.gen.ts';

export const csiNodes = define<CSINode>({
  group: 'storage.k8s.io',
  kind: 'CSINode',
  plural: 'csinodes',
  strategy: { allowUnconditionalUpdate: false },
  scope: 'Cluster',
  columns: [nameColumn, integer('Drivers', (o) => o.spec?.drivers?.length ?? 0), ageColumn],
});
