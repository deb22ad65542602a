/** endpointslice-controller: EndpointSlices of Services with a selector. */
import { errorText } from '../../base/index.ts';
import { type EndpointSlice, type Node, type Pod, type Service, serviceNameLabel } from '../../api/index.ts';
import { formatTime, getKey, isNotFound } from '../../apimachinery/index.ts';
import { keyOf, keyText, type Lister, type ObjectKey } from '../../client/index.ts';
import type { Change, Controller, ControllerContext, Reconciler, Result } from '../controller.ts';
import { mapMatches } from '../label-selector.ts';
import { isNamespaceTerminating } from '../pod-control.ts';
import { servicesOfPod } from '../services-of-pod.ts';
import { hasManagedEndpoints } from '../service-pods.ts';
import { managedBy, managedByLabel, planSlices } from './slices-plan.ts';
import { TriggerTimes } from './trigger-time.ts';

/** --max-endpoints-per-slice. */
const maxEndpoints = 100;

/** A cache that does not show what was just written is looked at again this soon. */
const staleRetryMs = 50;

export const endpointSliceController: Controller = {
  name: 'endpointslice-controller',
  serviceAccount: 'endpointslice-controller',
  eventSource: 'endpoint-slice-controller',
  watches: [
    { resource: 'services', mapToKey: 'self' },
    { resource: 'pods', mapToKey: 'custom' },
    { resource: 'endpointslices', mapToKey: 'custom' },
    { resource: 'nodes', mapToKey: 'custom' },
  ],
  start: (context) => new EndpointSlices(context),
};

const serviceIndex = 'service';

function byService(slice: EndpointSlice): readonly string[] {
  if (getKey(slice.metadata?.labels, managedByLabel) !== managedBy) return [];
  return [`${slice.metadata?.namespace ?? ''}/${getKey(slice.metadata?.labels, serviceNameLabel) ?? ''}`];
}

class EndpointSlices implements Reconciler {
  readonly #context: ControllerContext;
  readonly #services: Lister<Service>;
  readonly #pods: Lister<Pod>;
  readonly #slices: Lister<EndpointSlice>;
  readonly #nodes: Lister<Node>;
  readonly #triggers = new TriggerTimes();
  /** What was written last, by service: name to resourceVersion, '' for deleted. */
  readonly #written = new Map<string, Map<string, string>>();
  readonly map: NonNullable<Reconciler['map']>;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#services = context.lister<Service>('services');
    this.#pods = context.lister<Pod>('pods');
    this.#slices = context.lister<EndpointSlice>('endpointslices');
    this.#nodes = context.lister<Node>('nodes');
    context.informers.informer<EndpointSlice>('endpointslices').addIndexer(serviceIndex, byService);
    this.map = {
      pods: (change) => servicesOfPod(this.#services, change as Change<Pod>),
      endpointslices: ({ object }) =>
        byService(object as EndpointSlice).map((text) => ({ namespace: text.split('/')[0]!, name: text.split('/')[1]! })),
      // A node that has come may be the zone of endpoints seen before it.
      nodes: ({ type }) => (type === 'add' ? this.#services.list().filter(hasManagedEndpoints).map(keyOf) : []),
    };
  }

  async reconcile(key: ObjectKey, signal: AbortSignal): Promise<Result> {
    const service = this.#services.get(key);
    const text = keyText(key);
    if (service === undefined) {
      this.#triggers.forget(text);
      this.#written.delete(text);
      return;
    }
    if (!hasManagedEndpoints(service) || service.metadata?.deletionTimestamp !== undefined) return;
    const existing = this.#slices.byIndex(serviceIndex, text).filter((s) => s.metadata?.deletionTimestamp === undefined);
    if (this.#isStale(text, existing)) return { requeueAfterMs: staleRetryMs };
    const pods = this.#pods.list(key.namespace).filter((p) => mapMatches(service.spec?.selector, p.metadata?.labels));
    const triggerMs = this.#triggers.compute(text, service, pods);
    const plan = planSlices({
      service,
      pods,
      existing,
      node: (name) => this.#nodes.get({ namespace: '', name }),
      triggerTime: triggerMs === undefined ? '' : formatTime(triggerMs),
      maxEndpoints,
    });
    const client = this.#context.client.resource<EndpointSlice>('endpointslices');
    const written = new Map<string, string>();
    this.#written.set(text, written);
    const note = (slice: EndpointSlice) => written.set(slice.metadata?.name ?? '', slice.metadata?.resourceVersion ?? '');
    try {
      for (const slice of plan.create) note(await client.create(slice, { signal }));
      for (const slice of plan.update) note(await client.update(slice, { signal }));
      for (const slice of plan.delete) {
        await client.delete(keyOf(slice), { signal }).catch(ignoreNotFound);
        written.set(slice.metadata?.name ?? '', '');
      }
    } catch (error) {
      if (isNamespaceTerminating(error)) return;
      const message = `Error updating Endpoint Slices for Service ${text}: ${errorText(error)}`;
      this.#context.recorder.event({ ...service, apiVersion: 'v1', kind: 'Service' }, 'Warning', 'FailedToUpdateEndpointSlices', message);
      throw error;
    }
  }

  #isStale(text: string, existing: readonly EndpointSlice[]): boolean {
    const written = this.#written.get(text);
    if (written === undefined) return false;
    const seen = new Map(existing.map((s) => [s.metadata?.name ?? '', s.metadata?.resourceVersion ?? '']));
    for (const [name, version] of written) {
      const shown = seen.get(name);
      // Versions of one store compare as numbers; a slice that others deleted meanwhile is not waited for.
      const behind = version === '' ? shown !== undefined : shown !== undefined ? BigInt(shown) < BigInt(version) : !this.#wasSeen(name, text);
      if (behind) return true;
      written.delete(name);
    }
    return false;
  }

  /** Whether a slice that the cache lacks may be taken as gone: the informer has passed the version it was written at. */
  #wasSeen(name: string, text: string): boolean {
    const version = this.#written.get(text)?.get(name) ?? '';
    const reached = this.#context.informers.informer('endpointslices').lastSyncResourceVersion();
    return reached !== '' && version !== '' && BigInt(reached) >= BigInt(version);
  }
}

function ignoreNotFound(error: unknown): void {
  if (!isNotFound(error)) throw error;
}
