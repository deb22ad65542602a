import { define } from '../define.ts';
import type { CSIStorageCapacity } from '../types.gen.ts';

export const csiStorageCapacities = define<CSIStorageCapacity>({
  group: 'storage.k8s.io',
  kind: 'CSIStorageCapacity',
  plural: 'csistoragecapacities',
});
