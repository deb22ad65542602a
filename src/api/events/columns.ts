import type { Cell, Column } from '../definition.ts';
import { column, wide } from '../helpers/columns.ts';
import type { Event } from '../types.gen.ts';

const firstSeen = (o: Event): string | null | undefined => o.firstTimestamp || o.eventTime;
const lastSeen = (o: Event): string | null | undefined => (o.series ? o.series.lastObservedTime : o.lastTimestamp) || firstSeen(o);

function objectText(o: Event): string {
  const { kind = '', name = '' } = o.involvedObject ?? {};
  return name === '' ? kind.toLowerCase() : `${kind.toLowerCase()}/${name}`;
}

function sourceText(o: Event): Cell {
  const component = o.source?.component || o.reportingComponent || '';
  const host = o.source?.host || o.reportingInstance || '';
  return host === '' ? component : `${component}, ${host}`;
}

/** What `kubectl get events` shows, of either group: both are stored in the core shape. */
export const eventColumns: readonly Column<Event>[] = [
  column('Last Seen', (o) => ({ ageOf: lastSeen(o) })),
  column('Type', (o) => o.type ?? ''),
  column('Reason', (o) => o.reason ?? ''),
  column('Object', objectText),
  wide('Subobject', (o) => o.involvedObject?.fieldPath ?? ''),
  wide('Source', sourceText),
  column('Message', (o) => (o.message ?? '').trim()),
  wide('First Seen', (o) => ({ ageOf: firstSeen(o) })),
  wide('Count', (o) => String(o.series?.count || o.count || 1)),
  wide('Name', (o) => o.metadata?.name ?? '', { format: 'name' }),
];
