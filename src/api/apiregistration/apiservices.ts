import { define } from '../define.ts';
import { ageColumn, column, nameColumn } from '../helpers/columns.ts';
import type { APIService } from '../types.gen.ts';

function availableText(o: APIService): string {
  const available = o.status?.conditions?.find((c) => c.type === 'Available');
  if (!available) return 'Unknown';
  if (available.status === 'True' || !available.reason) return available.status;
  return `${available.status} (${available.reason})`;
}

export const apiServices = define<APIService>({
  group: 'apiregistration.k8s.io',
  kind: 'APIService',
  plural: 'apiservices',
  categories: ['api-extensions'],
  scope: 'Cluster',
  status: true,
  columns: [
    nameColumn,
    column('Service', (o) => (o.spec?.service ? `${o.spec.service.namespace ?? ''}/${o.spec.service.name ?? ''}` : 'Local')),
    column('Available', availableText),
    ageColumn,
  ],
});
