import { define } from '../define.ts';
import { eventColumns } from '../events/columns.ts';
import type { Event } from '../types.gen.ts';

export const coreEvents = define<Event>({
  group: '',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  columns: eventColumns,
});
