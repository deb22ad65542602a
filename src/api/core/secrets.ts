import { setKey } from '../../apimachinery/index.ts';
import { define } from '../define.ts';
import { ageColumn, column, nameColumn } from '../helpers/columns.ts';
import type { Secret } from '../types.gen.ts';
import { validateSecret, validateSecretUpdate } from './secrets/validate.ts';

export const secrets = define<Secret>({
  group: '',
  kind: 'Secret',
  plural: 'secrets',
  strategy: {
    default(obj) {
      obj.type ||= 'Opaque';
      for (const [key, value] of Object.entries(obj.stringData ?? {})) setKey((obj.data ??= {}), key, Buffer.from(value, 'utf8').toString('base64'));
      delete obj.stringData;
    },
    prepareForUpdate(obj, old) {
      if (!obj.type && old.type) obj.type = old.type;
    },
    validate: validateSecret,
    validateUpdate: validateSecretUpdate,
  },
  columns: [nameColumn, column('Type', (o) => o.type ?? ''), column('Data', (o) => Object.keys(o.data ?? {}).length), ageColumn],
  selectableFields: { type: (o) => o.type ?? '' },
});
