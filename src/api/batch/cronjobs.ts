import { define } from '../define.ts';
import { ageColumn, column, integer, nameColumn, selectorText, templateColumns, wide } from '../helpers/columns.ts';
import type { CronJob } from '../types.gen.ts';
import { cronJobStrategy } from './cronjobs/strategy.ts';

function suspendText(suspend: boolean | undefined): string {
  return suspend === undefined ? '<unset>' : suspend ? 'True' : 'False';
}

export const cronJobs = define<CronJob>({
  group: 'batch',
  kind: 'CronJob',
  plural: 'cronjobs',
  shortNames: ['cj'],
  categories: ['all'],
  status: true,
  strategy: cronJobStrategy,
  columns: [
    nameColumn,
    column('Schedule', (o) => o.spec?.schedule ?? ''),
    column('Timezone', (o) => o.spec?.timeZone ?? '<none>'),
    column('Suspend', (o) => suspendText(o.spec?.suspend), { type: 'boolean' }),
    integer('Active', (o) => o.status?.active?.length ?? 0),
    column('Last Schedule', (o) => (o.status?.lastScheduleTime ? { ageOf: o.status.lastScheduleTime } : '<none>')),
    ageColumn,
    ...templateColumns<CronJob>((o) => o.spec?.jobTemplate?.spec?.template),
    wide('Selector', (o) => selectorText(o.spec?.jobTemplate?.spec?.selector)),
  ],
});
