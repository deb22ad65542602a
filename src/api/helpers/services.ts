import { getKey } from '../../apimachinery/index.ts';
import type { EndpointSlice, Service } from '../types.gen.ts';

/** On an EndpointSlice: the Service whose endpoints it holds. */
export const serviceNameLabel = 'kubernetes.io/service-name';

/** `namespace/name` of the Service that a slice belongs to; empty when it names none. For an informer's index. */
export function serviceOfSlice(slice: EndpointSlice): string[] {
  const name = getKey(slice.metadata?.labels, serviceNameLabel);
  return name === undefined ? [] : [`${slice.metadata?.namespace ?? ''}/${name}`];
}

/** A Service without ClusterIP: its name resolves to its endpoints. */
export function isHeadless(service: Service): boolean {
  return service.spec?.clusterIP === 'None';
}
