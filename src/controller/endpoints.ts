/** endpoints-controller: the Endpoints object of each Service with a selector, for clients from before EndpointSlices. */
import { errorText } from '../base/index.ts';
import {
  type EndpointAddress,
  type EndpointPort,
  type Endpoints,
  type EndpointSubset,
  isHeadless,
  isPodReady,
  type Pod,
  type Service,
} from '../api/index.ts';
import { copyKeys, deleteKey, formatTime, isAlreadyExists, isNotFound, sortedJson } from '../apimachinery/index.ts';
import { keyText, type ObjectKey } from '../client/index.ts';
import type { Change, Controller, Reconciler } from './controller.ts';
import { headlessLabel, triggerTimeAnnotation } from './endpointslice/slices-plan.ts';
import { TriggerTimes } from './endpointslice/trigger-time.ts';
import { mapMatches } from './label-selector.ts';
import { isNamespaceTerminating } from './pod-control.ts';
import { same } from './same.ts';
import { servicesOfPod } from './services-of-pod.ts';
import { endpointHostname, familyOf, hasManagedEndpoints, isEndpointPod, podAddresses, resolvePorts } from './service-pods.ts';

const managedByLabel = 'endpoints.kubernetes.io/managed-by';
const overCapacityAnnotation = 'endpoints.kubernetes.io/over-capacity';
/** Endpoints hold at most so many addresses; EndpointSlices have them all. */
const maxAddresses = 1000;

/** Subsets in canonical form: addresses with the same ports together, each list sorted. Pure. */
export function planSubsets(service: Service, pods: readonly Pod[]): readonly EndpointSubset[] {
  const publish = service.spec?.publishNotReadyAddresses === true;
  const family = service.spec?.ipFamilies?.[0] ?? (service.spec?.clusterIP?.includes(':') === true ? 'IPv6' : 'IPv4');
  const groups = new Map<string, { ports: readonly EndpointPort[]; ready: EndpointAddress[]; notReady: EndpointAddress[] }>();
  for (const pod of pods) {
    if (!isEndpointPod(pod, publish)) continue;
    const ip = podAddresses(pod).find((a) => familyOf(a) === family);
    if (ip === undefined) continue;
    const ports = resolvePorts(service, pod).map(({ name, ...port }) => (name === '' ? port : { name, ...port }));
    if (ports.length === 0 && !(isHeadless(service) && (service.spec?.ports ?? []).length === 0)) continue;
    const key = sortedJson(ports.map(sortedJson).toSorted());
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { ports, ready: [], notReady: [] }));
    (publish || isPodReady(pod) ? group.ready : group.notReady).push(addressOf(service, pod, ip));
  }
  const sorted = (addresses: readonly EndpointAddress[]) => addresses.toSorted((a, b) => (a.ip < b.ip ? -1 : a.ip > b.ip ? 1 : 0));
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { ports, ready, notReady }]) => ({
      ...(ready.length === 0 ? {} : { addresses: sorted(ready) }),
      ...(notReady.length === 0 ? {} : { notReadyAddresses: sorted(notReady) }),
      ...(ports.length === 0 ? {} : { ports: ports.toSorted((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1)) }),
    }));
}

function addressOf(service: Service, pod: Pod, ip: string): EndpointAddress {
  const hostname = endpointHostname(service, pod);
  const nodeName = pod.spec?.nodeName ?? '';
  const { namespace = '', name = '', uid = '' } = pod.metadata ?? {};
  return {
    ip,
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === '' ? {} : { nodeName }),
    targetRef: { kind: 'Pod', namespace, name, uid },
  };
}

/** Drops addresses beyond the limit, ready ones last; true when some were dropped. */
export function truncate(
  subsets: readonly EndpointSubset[],
  max = maxAddresses,
): { readonly subsets: readonly EndpointSubset[]; readonly truncated: boolean } {
  const count = (of: 'addresses' | 'notReadyAddresses') => subsets.reduce((n, s) => n + (s[of]?.length ?? 0), 0);
  if (count('addresses') + count('notReadyAddresses') <= max) return { subsets, truncated: false };
  let ready = max;
  let notReady = Math.max(0, max - count('addresses'));
  const cut = subsets.map((s) => {
    const addresses = (s.addresses ?? []).slice(0, ready);
    const notReadyAddresses = (s.notReadyAddresses ?? []).slice(0, notReady);
    ready -= addresses.length;
    notReady -= notReadyAddresses.length;
    return {
      ...(addresses.length === 0 ? {} : { addresses }),
      ...(notReadyAddresses.length === 0 ? {} : { notReadyAddresses }),
      ...(s.ports === undefined ? {} : { ports: s.ports }),
    };
  });
  return { subsets: cut.filter((s) => s.addresses !== undefined || s.notReadyAddresses !== undefined), truncated: true };
}

export const endpointsController: Controller = {
  name: 'endpoints-controller',
  serviceAccount: 'endpoint-controller',
  eventSource: 'endpoint-controller',
  watches: [
    { resource: 'services', mapToKey: 'self' },
    { resource: 'pods', mapToKey: 'custom' },
    { resource: 'endpoints', mapToKey: 'custom' },
  ],
  start(context): Reconciler {
    const services = context.lister<Service>('services');
    const pods = context.lister<Pod>('pods');
    const endpoints = context.lister<Endpoints>('endpoints');
    const client = context.client.resource<Endpoints>('endpoints');
    const triggers = new TriggerTimes();

    const write = async (service: Service, key: ObjectKey, signal: AbortSignal): Promise<void> => {
      const selected = pods.list(key.namespace).filter((p) => mapMatches(service.spec?.selector, p.metadata?.labels));
      const triggerMs = triggers.compute(keyText(key), service, selected);
      const { subsets, truncated } = truncate(planSubsets(service, selected));
      const present = endpoints.get(key);
      const labels = labelsOf(service);
      if (present !== undefined && same(present.subsets ?? [], subsets) && same(present.metadata?.labels, labels)) return;
      const annotations = copyKeys<string>(present?.metadata?.annotations);
      deleteKey(annotations, triggerTimeAnnotation);
      deleteKey(annotations, overCapacityAnnotation);
      if (triggerMs !== undefined) annotations[triggerTimeAnnotation] = formatTime(triggerMs);
      if (truncated) annotations[overCapacityAnnotation] = 'truncated';
      const next: Endpoints = {
        ...present,
        metadata: { ...present?.metadata, name: key.name, namespace: key.namespace, labels, annotations },
        subsets,
      };
      if (present === undefined) await client.create(next, { signal });
      else await client.update(next, { signal });
    };
    return {
      map: {
        pods: (change) => servicesOfPod(services, change as Change<Pod>),
        // Only a deletion: what others write into our object is put right when the Service changes, as upstream does.
        endpoints: ({ type, object }) =>
          type === 'delete' ? [{ namespace: object.metadata?.namespace ?? '', name: object.metadata?.name ?? '' }] : [],
      },
      async reconcile(key, signal) {
        const service = services.get(key);
        if (service === undefined) {
          triggers.forget(keyText(key));
          await client.delete(key, { signal }).catch((error: unknown) => {
            if (!isNotFound(error)) throw error;
          });
          return;
        }
        if (!hasManagedEndpoints(service)) return;
        try {
          await write(service, key, signal);
        } catch (error) {
          if (isNamespaceTerminating(error) || isAlreadyExists(error)) return;
          const reason = endpoints.get(key) === undefined ? 'FailedToCreateEndpoint' : 'FailedToUpdateEndpoint';
          const what =
            reason === 'FailedToCreateEndpoint'
              ? `Failed to create endpoint for service ${keyText(key)}`
              : `Failed to update endpoint ${keyText(key)}`;
          context.recorder.event({ ...service, apiVersion: 'v1', kind: 'Service' }, 'Warning', reason, `${what}: ${errorText(error)}`);
          throw error;
        }
      },
    };
  },
};

function labelsOf(service: Service): Readonly<Record<string, string>> {
  const labels = copyKeys<string>(service.metadata?.labels);
  labels[managedByLabel] = 'endpoint-controller';
  deleteKey(labels, headlessLabel);
  if (isHeadless(service)) labels[headlessLabel] = '';
  return labels;
}
