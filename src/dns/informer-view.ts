import { type EndpointSlice, type Service, serviceOfSlice } from '../api/index.ts';
import type { InformerFactory } from '../client/index.ts';
import type { ClusterView } from './records.ts';

const byAddress = 'dns/address';
const byClusterIP = 'dns/clusterIP';

const sliceAddresses = (slice: EndpointSlice): string[] => (slice.endpoints ?? []).flatMap((e) => [...e.addresses]);
const clusterIPs = (service: Service): string[] => (service.spec?.clusterIP && service.spec.clusterIP !== 'None' ? [service.spec.clusterIP] : []);

/** The view by what informers hold. */
export function informerView(informers: InformerFactory): ClusterView & { synced(signal: AbortSignal): Promise<void> } {
  const services = informers.informer<Service>('services');
  const slices = informers.informer<EndpointSlice>('endpointslices');
  slices.addIndexer('dns/owner', serviceOfSlice);
  slices.addIndexer(byAddress, sliceAddresses);
  services.addIndexer(byClusterIP, clusterIPs);
  return {
    service: (namespace, name) => services.lister.get({ namespace, name }),
    slices: (namespace, name) => slices.lister.byIndex('dns/owner', `${namespace}/${name}`),
    servicesByIP: (ip) => services.lister.byIndex(byClusterIP, ip),
    slicesByIP: (ip) => slices.lister.byIndex(byAddress, ip),
    namespaceExists: (namespace) => services.lister.list(namespace).length > 0,
    async synced(signal) {
      await Promise.all([services.synced(signal), slices.synced(signal)]);
    },
  };
}
