import { define } from '../define.ts';
import { ageColumn, column, nameColumn } from '../helpers/columns.ts';
import type { PriorityLevelConfiguration } from '../types.gen.ts';
import { withStatus } from '../helpers/strategy.ts';
import type { Draft } from '../../apimachinery/index.ts';

const queuing = (o: PriorityLevelConfiguration) => o.spec?.limited?.limitResponse?.queuing;

function setDefaults(obj: Draft<PriorityLevelConfiguration>): void {
  const { exempt, limited } = obj.spec ?? {};
  if (exempt) {
    exempt.nominalConcurrencyShares ??= 0;
    exempt.lendablePercent ??= 0;
  }
  if (!limited) return;
  limited.nominalConcurrencyShares ??= 30;
  limited.lendablePercent ??= 0;
  const queuing = limited.limitResponse?.queuing;
  if (!queuing) return;
  queuing.handSize ||= 8;
  queuing.queues ||= 64;
  queuing.queueLengthLimit ||= 50;
}

export const priorityLevelConfigurations = define<PriorityLevelConfiguration>({
  group: 'flowcontrol.apiserver.k8s.io',
  kind: 'PriorityLevelConfiguration',
  plural: 'prioritylevelconfigurations',
  strategy: {
    ...withStatus({ resetMetadata: true }),
    default: setDefaults,
  },
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
