import { define } from '../define.ts';
import { ageColumn, column, nameColumn } from '../helpers/columns.ts';
import type { ConfigMap } from '../types.gen.ts';
import { validateConfigMap, validateConfigMapUpdate } from './configmaps/validate.ts';

export const configMaps = define<ConfigMap>({
  group: '',
  kind: 'ConfigMap',
  plural: 'configmaps',
  shortNames: ['cm'],
  strategy: { validate: validateConfigMap, validateUpdate: validateConfigMapUpdate },
  columns: [nameColumn, column('Data', (o) => Object.keys(o.data ?? {}).length + Object.keys(o.binaryData ?? {}).length), ageColumn],
});
