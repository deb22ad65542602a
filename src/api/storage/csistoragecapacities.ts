import { define } from '../define.ts';
import type { CSIStorageCapacity } from '../types.gen.ts';
import { semanticEqual } from '../helpers/semantic-equal.ts';
import { collect } from '../helpers/validation/checks.ts';

export const csiStorageCapacities = define<CSIStorageCapacity>({
  group: 'storage.k8s.io',
  kind: 'CSIStorageCapacity',
  plural: 'csistoragecapacities',
  strategy: {
    allowUnconditionalUpdate: false,
    validateUpdate: (obj, old) =>
      collect((c) => {
        for (const field of ['nodeTopology', 'storageClassName'] as const) {
          c.immutable(obj[field] ?? null, !semanticEqual(obj[field], old[field]), field, '');
        }
      }),
  },
});
