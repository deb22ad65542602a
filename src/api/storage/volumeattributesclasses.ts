import { define } from '../define.ts';
import { ageColumn, column, nameColumn } from '../helpers/columns.ts';
import type { VolumeAttributesClass } from '../types.gen.ts';

export const volumeAttributesClasses = define<VolumeAttributesClass>({
  group: 'storage.k8s.io',
  kind: 'VolumeAttributesClass',
  plural: 'volumeattributesclasses',
  shortNames: ['vac'],
  scope: 'Cluster',
  columns: [nameColumn, column('DriverName', (o) => o.driverName ?? ''), ageColumn],
});
