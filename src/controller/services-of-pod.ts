import { isPodReady, isPodTerminal, podCondition, type Pod, type Service } from '../api/index.ts';
import { keyOf, type Lister, type ObjectKey } from '../client/index.ts';
import type { Change } from './controller.ts';
import { mapMatches } from './label-selector.ts';
import { podAddresses } from './service-pods.ts';
import { same } from './same.ts';

/** Services that select a Pod, before or after its change; none when nothing changed that endpoints show. */
export function servicesOfPod(services: Lister<Service>, { object, old }: Change<Pod>): readonly ObjectKey[] {
  const labelsChanged = old !== undefined && !same(old.metadata?.labels, object.metadata?.labels);
  if (old !== undefined && !labelsChanged && !endpointChanged(old, object)) return [];
  const selects = (service: Service) =>
    mapMatches(service.spec?.selector, object.metadata?.labels) || (labelsChanged && mapMatches(service.spec?.selector, old?.metadata?.labels));
  return services
    .list(object.metadata?.namespace ?? '')
    .filter(selects)
    .map(keyOf);
}

function endpointChanged(old: Pod, pod: Pod): boolean {
  return (
    isPodReady(old) !== isPodReady(pod) ||
    podCondition(old, 'Ready')?.lastTransitionTime !== podCondition(pod, 'Ready')?.lastTransitionTime ||
    isPodTerminal(old) !== isPodTerminal(pod) ||
    (old.metadata?.deletionTimestamp === undefined) !== (pod.metadata?.deletionTimestamp === undefined) ||
    old.spec?.nodeName !== pod.spec?.nodeName ||
    !same(podAddresses(old), podAddresses(pod))
  );
}
