import { getKey } from '../../apimachinery/index.ts';
import { define } from '../define.ts';
import { ageColumn, column, nameColumn } from '../helpers/columns.ts';
import type { ResourceQuota } from '../types.gen.ts';

function usageText(o: ResourceQuota, limits: boolean): string {
  return Object.keys(o.status?.hard ?? {})
    .sort()
    .filter((name) => name.startsWith('limits.') === limits)
    .map((name) => `${name}: ${getKey(o.status?.used, name) ?? '0'}/${getKey(o.status?.hard, name)}`)
    .join(', ');
}

export const resourceQuotas = define<ResourceQuota>({
  group: '',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  shortNames: ['quota'],
  status: true,
  columns: [nameColumn, column('Request', (o) => usageText(o, false)), column('Limit', (o) => usageText(o, true)), ageColumn],
});
