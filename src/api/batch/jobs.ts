import { humanDuration } from '../../apimachinery/index.ts';
import { define } from '../define.ts';
import type { Cell } from '../definition.ts';
import { ageColumn, column, nameColumn, selectorText, templateColumns, wide } from '../helpers/columns.ts';
import type { Job } from '../types.gen.ts';
import { jobStrategy } from './jobs/strategy.ts';

function jobStatus(o: Job): string {
  const holds = (type: string) => o.status?.conditions?.some((c) => c.type === type && c.status === 'True') ?? false;
  if (holds('Complete')) return 'Complete';
  if (holds('Failed')) return 'Failed';
  if (o.metadata?.deletionTimestamp) return 'Terminating';
  for (const type of ['Suspended', 'FailureTarget', 'SuccessCriteriaMet']) if (holds(type)) return type;
  return 'Running';
}

function completionsText(o: Job): string {
  const succeeded = o.status?.succeeded ?? 0;
  if (o.spec?.completions !== undefined) return `${succeeded}/${o.spec.completions}`;
  const parallelism = o.spec?.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationCell(o: Job): Cell {
  const { startTime, completionTime } = o.status ?? {};
  if (!startTime) return '';
  return completionTime ? humanDuration(Date.parse(completionTime) - Date.parse(startTime)) : { ageOf: startTime };
}

export const jobs = define<Job>({
  group: 'batch',
  kind: 'Job',
  plural: 'jobs',
  categories: ['all'],
  status: true,
  strategy: jobStrategy,
  columns: [
    nameColumn,
    column('Status', jobStatus),
    column('Completions', completionsText),
    column('Duration', durationCell),
    ageColumn,
    ...templateColumns<Job>((o) => o.spec?.template),
    wide('Selector', (o) => selectorText(o.spec?.selector)),
  ],
  selectableFields: { 'status.successful': (o) => String(o.status?.succeeded ?? 0) },
});
