import { define } from '../define.ts';
import { eventColumns } from '../events/columns.ts';
import type { CoreEvent } from '../types.gen.ts';

export const coreEvents = define<CoreEvent>({
  group: '',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  columns: eventColumns,
});
