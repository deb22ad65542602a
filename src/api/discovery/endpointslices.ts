import { define } from '../define.ts';
import { ageColumn, column, firstThree, nameColumn } from '../helpers/columns.ts';
import type { EndpointSlice } from '../types.gen.ts';
import { bumpGeneration, setGeneration } from '../helpers/strategy.ts';
import { semanticEqual } from '../helpers/semantic-equal.ts';
import type { Draft } from '../../apimachinery/index.ts';
import { validateEndpointSlice, validateEndpointSliceUpdate } from './endpointslices/validate.ts';

function portsText(o: EndpointSlice): string {
  return firstThree((o.ports ?? []).map((p) => (p.port === undefined ? p.name || '*' : String(p.port)))) || '<unset>';
}

function endpointsText(o: EndpointSlice): string {
  return firstThree((o.endpoints ?? []).flatMap((e) => e.addresses ?? [])) || '<unset>';
}

/** Kept for readers of old objects; nobody sets it any more. */
function dropTopology(obj: Draft<EndpointSlice>): void {
  for (const endpoint of obj.endpoints ?? []) delete endpoint.deprecatedTopology;
}

export const endpointSlices = define<EndpointSlice>({
  group: 'discovery.k8s.io',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  strategy: {
    prepareForCreate: (obj) => {
      setGeneration(obj, 1);
      dropTopology(obj);
    },
    prepareForUpdate: (obj, old) => {
      const { metadata, ...rest } = obj;
      const { metadata: oldMetadata, ...oldRest } = old;
      const labels = !semanticEqual(metadata?.labels ?? {}, oldMetadata?.labels ?? {});
      bumpGeneration(obj, old, labels || !semanticEqual(rest, oldRest));
      dropTopology(obj);
    },
    default(obj) {
      for (const port of obj.ports ?? []) {
        port.name ??= '';
        port.protocol ??= 'TCP';
      }
    },
    validate: validateEndpointSlice,
    validateUpdate: validateEndpointSliceUpdate,
  },
  columns: [nameColumn, column('AddressType', (o) => o.addressType ?? ''), column('Ports', portsText), column('Endpoints', endpointsText), ageColumn],
});
