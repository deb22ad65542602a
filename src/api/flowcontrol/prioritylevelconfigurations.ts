import { define } from '../define.ts';
import { ageColumn, column, nameColumn } from '../helpers/columns.ts';
import type { PriorityLevelConfiguration } from '../types.gen.ts';

const queuing = (o: PriorityLevelConfiguration) => o.spec?.limited?.limitResponse?.queuing;

export const priorityLevelConfigurations = define<PriorityLevelConfiguration>({
  group: 'flowcontrol.apiserver.k8s.io',
  kind: 'PriorityLevelConfiguration',
  plural: 'prioritylevelconfigurations',
  scope: 'Cluster',
  status: true,
  columns: [
    nameColumn,
    column('Type', (o) => o.spec?.type ?? ''),
    column('NominalConcurrencyShares', (o) => o.spec?.limited?.nominalConcurrencyShares ?? '<none>'),
    column('Queues', (o) => queuing(o)?.queues ?? '<none>'),
    column('HandSize', (o) => queuing(o)?.handSize ?? '<none>'),
    column('QueueLengthLimit', (o) => queuing(o)?.queueLengthLimit ?? '<none>'),
    ageColumn,
  ],
});
