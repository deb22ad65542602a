import { define } from '../define.ts';
import { ageColumn, column, joined, nameColumn } from '../helpers/columns.ts';
import type { ServiceCIDR } from '../types.gen.ts';

export const serviceCidrs = define<ServiceCIDR>({
  group: 'networking.k8s.io',
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  scope: 'Cluster',
  status: true,
  columns: [nameColumn, column('CIDRs', (o) => joined(o.spec?.cidrs)), ageColumn],
});
