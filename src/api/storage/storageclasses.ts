import { getKey } from '../../apimachinery/index.ts';
import { define } from '../define.ts';
import { ageColumn, column } from '../helpers/columns.ts';
import type { StorageClass } from '../types.gen.ts';

const defaultMarks = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];

function nameText(o: StorageClass): string {
  const isDefault = defaultMarks.some((key) => getKey(o.metadata?.annotations, key) === 'true');
  return `${o.metadata?.name ?? ''}${isDefault ? ' (default)' : ''}`;
}

export const storageClasses = define<StorageClass>({
  group: 'storage.k8s.io',
  kind: 'StorageClass',
  plural: 'storageclasses',
  shortNames: ['sc'],
  scope: 'Cluster',
  columns: [
    column('Name', nameText, { format: 'name' }),
    column('Provisioner', (o) => o.provisioner ?? ''),
    column('ReclaimPolicy', (o) => o.reclaimPolicy ?? 'Delete'),
    column('VolumeBindingMode', (o) => o.volumeBindingMode ?? 'Immediate'),
    column('AllowVolumeExpansion', (o) => o.allowVolumeExpansion ?? false),
    ageColumn,
  ],
});
