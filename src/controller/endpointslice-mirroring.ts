/** endpointslice-mirroring-controller: EndpointSlices for Endpoints that were made by hand, for Services without a selector. */
import { isIP } from 'node:net';
import {
  controllerOf,
  controllerRef,
  type Endpoint,
  type EndpointAddress,
  type Endpoints,
  type EndpointSlice,
  type EndpointSubset,
  type Service,
  serviceNameLabel,
} from '../api/index.ts';
import { copyKeys, deleteKey, getKey, hasKey, isNotFound, sortedJson } from '../apimachinery/index.ts';
import { keyOf, type ObjectKey } from '../client/index.ts';
import type { Controller, ControllerContext, Reconciler } from './controller.ts';
import { managedByLabel, triggerTimeAnnotation } from './endpointslice/slices-plan.ts';
import { isNamespaceTerminating } from './pod-control.ts';
import { same } from './same.ts';
import { familyOf, hasManagedEndpoints } from './service-pods.ts';

const managedBy = 'endpointslicemirroring-controller.k8s.io';
const skipMirrorLabel = 'endpointslice.kubernetes.io/skip-mirror';
const leaderAnnotation = 'control-plane.alpha.kubernetes.io/leader';
const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';
/** --mirroring-max-endpoints-per-subset. */
const maxPerSubset = 1000;

export interface MirrorPlan {
  readonly create: readonly EndpointSlice[];
  readonly update: readonly EndpointSlice[];
  readonly delete: readonly EndpointSlice[];
  readonly invalid: number;
  readonly skipped: number;
}

/** Whether Endpoints are to be mirrored at all. */
export function isMirrored(endpoints: Endpoints | undefined, service: Service | undefined): endpoints is Endpoints {
  if (endpoints === undefined || service === undefined || hasManagedEndpoints(service)) return false;
  if (getKey(endpoints.metadata?.labels, skipMirrorLabel) === 'true') return false;
  return !hasKey(endpoints.metadata?.annotations, leaderAnnotation);
}

/** The slices of Endpoints: one for each subset and address family; those there are used again. Pure. */
export function planMirror(endpoints: Endpoints, existing: readonly EndpointSlice[]): MirrorPlan {
  const wanted = new Map<string, EndpointSlice>();
  let invalid = 0;
  let skipped = 0;
  for (const subset of endpoints.subsets ?? []) {
    const all = [...(subset.addresses ?? []).map((a) => endpointOf(a, true)), ...(subset.notReadyAddresses ?? []).map((a) => endpointOf(a, false))];
    const valid = all.filter((e) => isIP(e.addresses[0] ?? '') !== 0);
    invalid += all.length - valid.length;
    skipped += Math.max(0, valid.length - maxPerSubset);
    const families = Map.groupBy(valid.slice(0, maxPerSubset), (e) => familyOf(e.addresses[0] ?? ''));
    for (const [addressType, found] of families) addTo(wanted, sliceOf(endpoints, subset, { addressType, endpoints: found }));
  }
  const present = new Map(existing.map((s) => [groupKey(s), s]));
  const update: EndpointSlice[] = [];
  const create: EndpointSlice[] = [];
  for (const [key, slice] of wanted) {
    const old = present.get(key);
    if (old === undefined) create.push(slice);
    else if (!same(contentOf(old), contentOf(slice))) {
      update.push({
        ...old,
        metadata: { ...old.metadata, labels: slice.metadata?.labels ?? {}, annotations: slice.metadata?.annotations ?? {} },
        endpoints: slice.endpoints ?? [],
      });
    }
  }
  // Of two slices for one group (a create that was tried again) the later in the list is kept.
  const chosen = new Set([...present].filter(([key]) => wanted.has(key)).map(([, s]) => s));
  return { create, update, delete: existing.filter((s) => !chosen.has(s)), invalid, skipped };
}

/** Subsets with the same ports and family make one slice. */
function addTo(wanted: Map<string, EndpointSlice>, slice: EndpointSlice): void {
  const key = groupKey(slice);
  const present = wanted.get(key);
  wanted.set(key, present === undefined ? slice : { ...present, endpoints: [...(present.endpoints ?? []), ...(slice.endpoints ?? [])] });
}

function groupKey(slice: EndpointSlice): string {
  return sortedJson([
    slice.addressType,
    (slice.ports ?? []).map((p) => sortedJson({ ...p, name: p.name ?? '', protocol: p.protocol ?? 'TCP' })).toSorted(),
  ]);
}

function contentOf(slice: EndpointSlice): unknown {
  return { endpoints: slice.endpoints ?? [], labels: slice.metadata?.labels ?? {}, annotations: slice.metadata?.annotations ?? {} };
}

function endpointOf(address: EndpointAddress, ready: boolean): Endpoint {
  const { ip, hostname, nodeName, targetRef } = address;
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(targetRef === undefined ? {} : { targetRef }),
  };
}

function sliceOf(
  owner: Endpoints,
  subset: EndpointSubset,
  { addressType, endpoints }: { readonly addressType: string; readonly endpoints: readonly Endpoint[] },
): EndpointSlice {
  const name = owner.metadata?.name ?? '';
  const labels = copyKeys<string>(owner.metadata?.labels);
  labels[serviceNameLabel] = name;
  labels[managedByLabel] = managedBy;
  const annotations = copyKeys<string>(owner.metadata?.annotations);
  for (const key of [lastAppliedAnnotation, triggerTimeAnnotation]) deleteKey(annotations, key);
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${name.slice(0, 247)}-`,
      namespace: owner.metadata?.namespace ?? '',
      labels,
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
      ownerReferences: [controllerRef(owner, { apiVersion: 'v1', kind: 'Endpoints' })],
    },
    addressType,
    endpoints,
    ports: (subset.ports ?? []).map((p) => ({ ...p, name: p.name ?? '', protocol: p.protocol ?? 'TCP' })),
  };
}

export const endpointSliceMirroringController: Controller = {
  name: 'endpointslice-mirroring-controller',
  serviceAccount: 'endpointslicemirroring-controller',
  eventSource: 'endpoint-slice-mirroring-controller',
  watches: [
    { resource: 'endpoints', mapToKey: 'self' },
    { resource: 'services', mapToKey: 'self' },
    { resource: 'endpointslices', mapToKey: 'custom' },
  ],
  start: (context) => new Mirroring(context),
};

class Mirroring implements Reconciler {
  readonly #context: ControllerContext;
  readonly map: NonNullable<Reconciler['map']>;

  constructor(context: ControllerContext) {
    this.#context = context;
    for (const resource of ['endpoints', 'services', 'endpointslices']) context.lister(resource);
    this.map = {
      endpointslices: ({ object }) =>
        getKey(object.metadata?.labels, managedByLabel) === managedBy
          ? [
              {
                namespace: object.metadata?.namespace ?? '',
                name: controllerOf(object)?.name ?? getKey(object.metadata?.labels, serviceNameLabel) ?? '',
              },
            ]
          : [],
    };
  }

  async reconcile(key: ObjectKey, signal: AbortSignal): Promise<void> {
    const { client, recorder, lister } = this.#context;
    const endpoints = lister<Endpoints>('endpoints').get(key);
    const slices = client.resource<EndpointSlice>('endpointslices');
    // Few Services are without a selector: what there is of theirs is asked of the server, which is never behind.
    const mirrored = isMirrored(endpoints, lister<Service>('services').get(key));
    if (!mirrored && !this.#hasSlices(key)) return;
    const { items } = await slices.list({
      namespace: key.namespace,
      labelSelector: `${serviceNameLabel}=${key.name},${managedByLabel}=${managedBy}`,
      signal,
    });
    const plan = mirrored ? planMirror(endpoints, items) : { create: [], update: [], delete: items, invalid: 0, skipped: 0 };
    const reference = { ...endpoints, apiVersion: 'v1', kind: 'Endpoints' };
    if (plan.invalid > 0)
      recorder.event(reference, 'Warning', 'InvalidIPAddress', `Skipped ${plan.invalid} invalid IP addresses when mirroring to EndpointSlices`);
    if (plan.skipped > 0) {
      const message = `A max of ${maxPerSubset} addresses can be mirrored to EndpointSlices per Endpoints subset. ${plan.skipped} addresses were skipped`;
      recorder.event(reference, 'Warning', 'TooManyAddressesToMirror', message);
    }
    try {
      for (const slice of plan.create) await slices.create(slice, { signal });
      for (const slice of plan.update) await slices.update(slice, { signal });
      for (const slice of plan.delete) await slices.delete(keyOf(slice), { signal });
    } catch (error) {
      if (!isNamespaceTerminating(error) && !isNotFound(error)) throw error;
    }
  }

  #hasSlices({ namespace, name }: ObjectKey): boolean {
    const all = this.#context.lister<EndpointSlice>('endpointslices').list(namespace);
    return all.some((s) => getKey(s.metadata?.labels, managedByLabel) === managedBy && getKey(s.metadata?.labels, serviceNameLabel) === name);
  }
}
