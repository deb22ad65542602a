import { define } from '../define.ts';
import type { CoreEvent } from '../types.gen.ts';
import { eventColumns } from './columns.ts';

export const events = define<CoreEvent>({
  group: 'events.k8s.io',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  storedAs: 'events',
  columns: eventColumns,
});
