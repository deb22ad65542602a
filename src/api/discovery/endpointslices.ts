import { define } from '../define.ts';
import { ageColumn, column, firstThree, nameColumn } from '../helpers/columns.ts';
import type { EndpointSlice } from '../types.gen.ts';

function portsText(o: EndpointSlice): string {
  return firstThree((o.ports ?? []).map((p) => (p.port === undefined ? p.name || '*' : String(p.port)))) || '<unset>';
}

function endpointsText(o: EndpointSlice): string {
  return firstThree((o.endpoints ?? []).flatMap((e) => e.addresses ?? [])) || '<unset>';
}

export const endpointSlices = define<EndpointSlice>({
  group: 'discovery.k8s.io',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  columns: [
    nameColumn,
    column('AddressType', (o) => o.addressType ?? ''),
    column('Ports', portsText),
    column('Endpoints', endpointsText),
    ageColumn,
  ],
});
