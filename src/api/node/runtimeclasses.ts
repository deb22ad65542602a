import { define } from '../define.ts';
import { ageColumn, column, nameColumn } from '../helpers/columns.ts';
import type { RuntimeClass } from '../types.gen.ts';

export const runtimeClasses = define<RuntimeClass>({
  group: 'node.k8s.io',
  kind: 'RuntimeClass',
  plural: 'runtimeclasses',
  scope: 'Cluster',
  columns: [nameColumn, column('Handler', (o) => o.handler ?? ''), ageColumn],
});
