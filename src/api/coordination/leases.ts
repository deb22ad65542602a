import { define } from '../define.ts';
import { ageColumn, column, nameColumn } from '../helpers/columns.ts';
import type { Lease } from '../types.gen.ts';

export const leases = define<Lease>({
  group: 'coordination.k8s.io',
  kind: 'Lease',
  plural: 'leases',
  columns: [nameColumn, column('Holder', (o) => o.spec?.holderIdentity ?? ''), ageColumn],
});
