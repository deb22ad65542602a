import { define } from '../define.ts';
import { ageColumn, column, integer, labelsText, nameColumn, selectorText, templateColumns, wide } from '../helpers/columns.ts';
import type { DaemonSet } from '../types.gen.ts';
import { daemonSetStrategy } from './daemonsets/strategy.ts';

export const daemonSets = define<DaemonSet>({
  group: 'apps',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  shortNames: ['ds'],
  categories: ['all'],
  status: true,
  strategy: daemonSetStrategy,
  columns: [
    nameColumn,
    integer('Desired', (o) => o.status?.desiredNumberScheduled ?? 0),
    integer('Current', (o) => o.status?.currentNumberScheduled ?? 0),
    integer('Ready', (o) => o.status?.numberReady ?? 0),
    integer('Up-to-date', (o) => o.status?.updatedNumberScheduled ?? 0),
    integer('Available', (o) => o.status?.numberAvailable ?? 0),
    column('Node Selector', (o) => labelsText(o.spec?.template?.spec?.nodeSelector)),
    ageColumn,
    ...templateColumns<DaemonSet>((o) => o.spec?.template),
    wide('Selector', (o) => selectorText(o.spec?.selector)),
  ],
});
