import type { KubeObject } from '../../apimachinery/index.ts';
import { schemaOf } from '../builtin-schemas.ts';
import { builtInVersion, define } from '../define.ts';
import type { Column, ResourceVersion } from '../definition.ts';
import { validateEvent, validateEventUpdate } from '../core/events/validate.ts';
import type { Event } from '../types.gen.ts';
import { eventColumns } from './columns.ts';
import { fromCoreEvent, toCoreEvent } from './conversion.ts';

const group = 'events.k8s.io';
const columns = eventColumns as readonly Column[];

/** The shape of core/v1 Events, in which these are stored too; never served in this group. */
const stored: ResourceVersion = {
  version: 'core-v1',
  served: false,
  columns,
  get schema() {
    return schemaOf('', 'v1', 'Event');
  },
};

export const events = define<Event>({
  group,
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  storedAs: 'events',
  strategy: { allowCreateOnUpdate: true, validate: validateEvent, validateUpdate: validateEventUpdate },
  selectableFields: {
    'regarding.kind': (o) => o.involvedObject?.kind ?? '',
    'regarding.namespace': (o) => o.involvedObject?.namespace ?? '',
    'regarding.name': (o) => o.involvedObject?.name ?? '',
    'regarding.uid': (o) => o.involvedObject?.uid ?? '',
    'regarding.apiVersion': (o) => o.involvedObject?.apiVersion ?? '',
    'regarding.resourceVersion': (o) => o.involvedObject?.resourceVersion ?? '',
    'regarding.fieldPath': (o) => o.involvedObject?.fieldPath ?? '',
    reason: (o) => o.reason ?? '',
    reportingController: (o) => o.reportingComponent ?? '',
    type: (o) => o.type ?? '',
  },
  storageVersion: stored.version,
  versions: [
    builtInVersion(group, 'Event', 'v1', {
      columns: columns.map((c) => ({ ...c, value: (o: KubeObject) => c.value(toCoreEvent(o)) })),
      toStorage: toCoreEvent,
      fromStorage: (obj: KubeObject) => fromCoreEvent(obj as Event),
    }),
    stored,
  ],
});
