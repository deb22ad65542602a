import { define } from '../define.ts';
import { ageColumn, column, integer, nameColumn } from '../helpers/columns.ts';
import type { PriorityClass } from '../types.gen.ts';

export const priorityClasses = define<PriorityClass>({
  group: 'scheduling.k8s.io',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  shortNames: ['pc'],
  scope: 'Cluster',
  columns: [
    nameColumn,
    integer('Value', (o) => o.value ?? 0),
    column('Global-Default', (o) => o.globalDefault ?? false, { type: 'boolean' }),
    ageColumn,
    column('PreemptionPolicy', (o) => o.preemptionPolicy ?? ''),
  ],
});
