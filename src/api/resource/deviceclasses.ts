import { define } from '../define.ts';
import { nameAndAge } from '../helpers/columns.ts';
import type { DeviceClass } from '../types.gen.ts';
import { withGeneration } from '../helpers/strategy.ts';

export const deviceClasses = define<DeviceClass>({
  group: 'resource.k8s.io',
  kind: 'DeviceClass',
  plural: 'deviceclasses',
  strategy: withGeneration(),
  scope: 'Cluster',
  columns: nameAndAge,
});
