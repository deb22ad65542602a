import { define } from '../define.ts';
import { ageColumn, column, firstThree, nameColumn } from '../helpers/columns.ts';
import type { Endpoints } from '../types.gen.ts';
import { validateEndpoints } from './endpoints/validate.ts';

function endpointsText(o: Endpoints): string {
  if (!o.subsets?.length) return '<none>';
  const items: string[] = [];
  for (const subset of o.subsets) {
    const ips = (subset.addresses ?? []).map((a) => a.ip);
    if (!subset.ports?.length) items.push(...ips);
    for (const port of subset.ports ?? []) items.push(...ips.map((ip) => `${ip.includes(':') ? `[${ip}]` : ip}:${port.port}`));
  }
  return firstThree(items);
}

export const endpoints = define<Endpoints>({
  group: '',
  kind: 'Endpoints',
  plural: 'endpoints',
  shortNames: ['ep'],
  strategy: {
    allowCreateOnUpdate: true,
    default(obj) {
      for (const subset of obj.subsets ?? []) for (const port of subset.ports ?? []) port.protocol ||= 'TCP';
    },
    validate: validateEndpoints,
    validateUpdate: validateEndpoints,
    warnings: () => ['v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'],
  },
  columns: [nameColumn, column('Endpoints', endpointsText), ageColumn],
});
