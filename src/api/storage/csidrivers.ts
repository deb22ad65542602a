import { define } from '../define.ts';
import { ageColumn, column, joined, nameColumn } from '../helpers/columns.ts';
import type { CSIDriver } from '../types.gen.ts';
import { semanticEqual } from '../helpers/semantic-equal.ts';
import { bumpGeneration, fieldChanged } from '../helpers/strategy.ts';
import { collect } from '../helpers/validation/checks.ts';
import type { Draft } from '../../apimachinery/index.ts';

const flag = (name: string, value: (o: CSIDriver) => boolean) => column(name, value, { type: 'boolean' });

export const csiDrivers = define<CSIDriver>({
  group: 'storage.k8s.io',
  kind: 'CSIDriver',
  plural: 'csidrivers',
  strategy: {
    allowUnconditionalUpdate: false,
    default(obj) {
      const spec = obj.spec as Draft<CSIDriver>['spec'] | undefined;
      if (!spec) return;
      spec.attachRequired ??= true;
      spec.podInfoOnMount ??= false;
      spec.storageCapacity ??= false;
      spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
      if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ['Persistent'];
      spec.requiresRepublish ??= false;
      spec.seLinuxMount ??= false;
    },
    prepareForUpdate: (obj, old) => bumpGeneration(obj, old, fieldChanged(obj, old, 'spec')),
    validateUpdate: (obj, old) =>
      collect((c) => {
        const { attachRequired, volumeLifecycleModes } = obj.spec;
        c.immutable(attachRequired ?? null, attachRequired !== old.spec.attachRequired, 'spec', 'attachedRequired');
        const changed = !semanticEqual(volumeLifecycleModes, old.spec.volumeLifecycleModes);
        c.immutable(volumeLifecycleModes ?? null, changed, 'spec', 'volumeLifecycleModes');
      }),
  },
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
