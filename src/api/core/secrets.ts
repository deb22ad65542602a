import { define } from '../define.ts';
import { ageColumn, column, nameColumn } from '../helpers/columns.ts';
import type { Secret } from '../types.gen.ts';

export const secrets = define<Secret>({
  group: '',
  kind: 'Secret',
  plural: 'secrets',
  columns: [nameColumn, column('Type', (o) => o.type ?? ''), column('Data', (o) => Object.keys(o.data ?? {}).length), ageColumn],
  selectableFields: { type: (o) => o.type ?? '' },
});
