import { getKey } from '../../apimachinery/index.ts';
import { define } from '../define.ts';
import { accessModesText, ageColumn, column, nameColumn, wide } from '../helpers/columns.ts';
import { betaStorageClass } from '../helpers/storage.ts';
import type { PersistentVolumeClaim } from '../types.gen.ts';
import { claimStrategy } from './persistentvolumeclaims/strategy.ts';

export const persistentVolumeClaims = define<PersistentVolumeClaim>({
  group: '',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  strategy: claimStrategy,
  shortNames: ['pvc'],
  status: true,
  columns: [
    nameColumn,
    column('Status', (o) => (o.metadata?.deletionTimestamp ? 'Terminating' : (o.status?.phase ?? ''))),
    column('Volume', (o) => o.spec?.volumeName ?? ''),
    column('Capacity', (o) => (o.spec?.volumeName ? (getKey(o.status?.capacity, 'storage') ?? '0') : '')),
    column('Access Modes', (o) => (o.spec?.volumeName ? accessModesText(o.status?.accessModes) : '')),
    column('StorageClass', (o) => betaStorageClass(o) ?? o.spec?.storageClassName ?? ''),
    column('VolumeAttributesClass', (o) => o.spec?.volumeAttributesClassName ?? '<unset>'),
    ageColumn,
    wide('VolumeMode', (o) => o.spec?.volumeMode ?? '<unset>'),
  ],
  selectableFields: { name: (o) => o.metadata?.name ?? '' },
});
