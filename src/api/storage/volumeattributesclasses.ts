import { define } from '../define.ts';
import { ageColumn, column, nameColumn } from '../helpers/columns.ts';
import type { VolumeAttributesClass } from '../types.gen.ts';
import { semanticEqual } from '../helpers/semantic-equal.ts';
import { collect } from '../helpers/validation/checks.ts';

export const volumeAttributesClasses = define<VolumeAttributesClass>({
  group: 'storage.k8s.io',
  kind: 'VolumeAttributesClass',
  plural: 'volumeattributesclasses',
  strategy: {
    validateUpdate: (obj, old) =>
      collect((c) => {
        for (const field of ['driverName', 'parameters'] as const) {
          if (!semanticEqual(obj[field], old[field])) c.forbidden(field, '', `updates to ${field} are forbidden.`);
        }
      }),
  },
  shortNames: ['vac'],
  scope: 'Cluster',
  columns: [nameColumn, column('DriverName', (o) => o.driverName ?? ''), ageColumn],
});
