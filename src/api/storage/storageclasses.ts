import { getKey } from '../../apimachinery/index.ts';
import { define } from '../define.ts';
import { ageColumn, column } from '../helpers/columns.ts';
import type { StorageClass } from '../types.gen.ts';
import { semanticEqual } from '../helpers/semantic-equal.ts';
import { type Checks, collect } from '../helpers/validation/checks.ts';
import { isLabelKey } from '../helpers/validation/formats.ts';

const defaultMarks = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];

function nameText(o: StorageClass): string {
  const isDefault = defaultMarks.some((key) => getKey(o.metadata?.annotations, key) === 'true');
  return `${o.metadata?.name ?? ''}${isDefault ? ' (default)' : ''}`;
}

function check(c: Checks, obj: StorageClass): void {
  if (!obj.provisioner) c.required('provisioner', '', '');
  else c.format(isLabelKey, obj.provisioner.toLowerCase(), 'provisioner', '');
  c.requiredOneOf(obj.reclaimPolicy, ['Delete', 'Retain'], 'reclaimPolicy', '');
  c.requiredOneOf(obj.volumeBindingMode, ['Immediate', 'WaitForFirstConsumer'], 'volumeBindingMode', '');
}

export const storageClasses = define<StorageClass>({
  group: 'storage.k8s.io',
  kind: 'StorageClass',
  plural: 'storageclasses',
  strategy: {
    default(obj) {
      obj.reclaimPolicy ??= 'Delete';
      obj.volumeBindingMode ??= 'Immediate';
    },
    validate: (obj) => collect((c) => check(c, obj)),
    validateUpdate: (obj, old) =>
      collect((c) => {
        for (const field of ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'] as const) {
          c.immutable(obj[field] ?? null, !semanticEqual(obj[field], old[field]), field, '');
        }
      }),
  },
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
