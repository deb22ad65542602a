import { define } from '../define.ts';
import { ageColumn, column, joined, nameColumn } from '../helpers/columns.ts';
import type { CSIDriver } from '../types.gen.ts';

const flag = (name: string, value: (o: CSIDriver) => boolean) => column(name, value, { type: 'boolean' });

export const csiDrivers = define<CSIDriver>({
  group: 'storage.k8s.io',
  kind: 'CSIDriver',
  plural: 'csidrivers',
  scope: 'Cluster',
  columns: [
    nameColumn,
    flag('AttachRequired', (o) => o.spec?.attachRequired ?? true),
    flag('PodInfoOnMount', (o) => o.spec?.podInfoOnMount ?? false),
    flag('StorageCapacity', (o) => o.spec?.storageCapacity ?? false),
    column('TokenRequests', (o) => (o.spec?.tokenRequests ? joined(o.spec.tokenRequests.map((t) => t.audience)) : '<unset>')),
    flag('RequiresRepublish', (o) => o.spec?.requiresRepublish ?? false),
    column('Modes', (o) => joined(o.spec?.volumeLifecycleModes) || '<none>'),
    ageColumn,
  ],
});
