import { getKey } from '../../apimachinery/index.ts';
import { define } from '../define.ts';
import { accessModesText, ageColumn, column, nameColumn, wide } from '../helpers/columns.ts';
import { betaStorageClass } from '../helpers/storage.ts';
import type { PersistentVolume } from '../types.gen.ts';
import { persistentVolumeStrategy } from './persistentvolumes/strategy.ts';

function claimText(o: PersistentVolume): string {
  const ref = o.spec?.claimRef;
  return ref ? `${ref.namespace ?? ''}/${ref.name ?? ''}` : '';
}

export const persistentVolumes = define<PersistentVolume>({
  group: '',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  strategy: persistentVolumeStrategy,
  shortNames: ['pv'],
  scope: 'Cluster',
  status: true,
  columns: [
    nameColumn,
    column('Capacity', (o) => getKey(o.spec?.capacity, 'storage') ?? '0'),
    column('Access Modes', (o) => accessModesText(o.spec?.accessModes)),
    column('Reclaim Policy', (o) => o.spec?.persistentVolumeReclaimPolicy ?? ''),
    column('Status', (o) => (o.metadata?.deletionTimestamp ? 'Terminating' : (o.status?.phase ?? ''))),
    column('Claim', claimText),
    column('StorageClass', (o) => betaStorageClass(o) ?? o.spec?.storageClassName ?? ''),
    column('VolumeAttributesClass', (o) => o.spec?.volumeAttributesClassName ?? '<unset>'),
    column('Reason', (o) => o.status?.reason ?? ''),
    ageColumn,
    wide('VolumeMode', (o) => o.spec?.volumeMode ?? '<unset>'),
  ],
  selectableFields: { name: (o) => o.metadata?.name ?? '' },
});
