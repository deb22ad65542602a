import {
  controllerRef,
  type Endpoint,
  type EndpointSlice,
  isHeadless,
  isPodReady,
  type Node,
  type Pod,
  type Service,
  serviceNameLabel,
} from '../../api/index.ts';
import { copyKeys, deleteKey, getKey, sortedJson } from '../../apimachinery/index.ts';
import { same } from '../same.ts';
import { endpointHostname, familyOf, isEndpointPod, podAddresses, type ResolvedPort, resolvePorts } from '../service-pods.ts';

export const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
export const managedBy = 'endpointslice-controller.k8s.io';
export const headlessLabel = 'service.kubernetes.io/headless';
export const triggerTimeAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time';
const zoneLabel = 'topology.kubernetes.io/zone';

export interface SlicePlan {
  readonly create: readonly EndpointSlice[];
  readonly update: readonly EndpointSlice[];
  readonly delete: readonly EndpointSlice[];
}

export interface SliceInput {
  readonly service: Service;
  readonly pods: readonly Pod[];
  readonly existing: readonly EndpointSlice[];
  readonly node: (name: string) => Node | undefined;
  /** RFC 3339 with fractions; '' leaves the annotation out. */
  readonly triggerTime: string;
  /** At most so many endpoints a slice. */
  readonly maxEndpoints: number;
}

interface Group {
  readonly addressType: string;
  readonly ports: EndpointSlice['ports'];
  readonly endpoints: Map<string, Endpoint>;
}

/** The slices a Service should have: one group for each address family and set of ports, each as few changed slices as may be. */
export function planSlices(input: SliceInput): SlicePlan {
  const families = familiesOf(input.service);
  const plan = { create: [] as EndpointSlice[], update: [] as EndpointSlice[], delete: [] as EndpointSlice[] };
  for (const addressType of families) {
    const existing = input.existing.filter((s) => s.addressType === addressType);
    const groups = groupPods(input, addressType);
    for (const slice of existing) {
      const key = groupKey(slice.ports);
      if (!groups.has(key)) groups.set(key, { addressType, ports: slice.ports, endpoints: new Map() });
    }
    const parts = [...groups].map(([key, group]) =>
      planGroup(
        input,
        group,
        existing.filter((s) => groupKey(s.ports) === key),
      ),
    );
    for (const part of parts) {
      plan.create.push(...part.create);
      plan.update.push(...part.update);
      plan.delete.push(...part.delete);
    }
    placeholder(input, { addressType, existing, plan });
  }
  plan.delete.push(...input.existing.filter((s) => !families.includes(s.addressType)));
  return plan;
}

function familiesOf(service: Service): readonly string[] {
  const families = service.spec?.ipFamilies ?? [];
  if (families.length > 0) return families;
  const ip = service.spec?.clusterIP ?? '';
  return [ip.includes(':') ? 'IPv6' : 'IPv4'];
}

function groupKey(ports: EndpointSlice['ports']): string {
  return sortedJson((ports ?? []).map((p) => sortedJson({ ...p, name: p.name ?? '', protocol: p.protocol ?? 'TCP' })).toSorted());
}

function groupPods(input: SliceInput, addressType: string): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const pod of input.pods) {
    if (!isEndpointPod(pod, true)) continue;
    const addresses = podAddresses(pod).filter((a) => familyOf(a) === addressType);
    const [address] = addresses;
    if (address === undefined) continue;
    const ports = resolvePorts(input.service, pod).map(slicePort);
    const key = groupKey(ports);
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { addressType, ports, endpoints: new Map() }));
    const node = pod.spec?.nodeName === undefined ? undefined : input.node(pod.spec.nodeName);
    group.endpoints.set(pod.metadata?.uid ?? '', endpointOf(input.service, pod, { address, node }));
  }
  return groups;
}

function slicePort(port: ResolvedPort): NonNullable<EndpointSlice['ports']>[number] {
  return { name: port.name, port: port.port, protocol: port.protocol, ...(port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol }) };
}

function endpointOf(service: Service, pod: Pod, { address, node }: { readonly address: string; readonly node: Node | undefined }): Endpoint {
  const serving = isPodReady(pod);
  const terminating = pod.metadata?.deletionTimestamp !== undefined;
  const hostname = endpointHostname(service, pod);
  const nodeName = pod.spec?.nodeName ?? '';
  const zone = getKey(node?.metadata?.labels, zoneLabel);
  return {
    addresses: [address],
    conditions: { ready: service.spec?.publishNotReadyAddresses === true || (serving && !terminating), serving, terminating },
    ...(hostname === undefined ? {} : { hostname }),
    targetRef: { kind: 'Pod', namespace: pod.metadata?.namespace ?? '', name: pod.metadata?.name ?? '', uid: pod.metadata?.uid ?? '' },
    ...(nodeName === '' ? {} : { nodeName }),
    ...(zone === undefined ? {} : { zone }),
  };
}

interface Draft {
  readonly slice: EndpointSlice;
  endpoints: readonly Endpoint[];
  changed: boolean;
}

function planGroup(input: SliceInput, group: Group, existing: readonly EndpointSlice[]): SlicePlan {
  const desired = new Map(group.endpoints);
  const drafts = existing.map((slice): Draft => {
    const kept: Endpoint[] = [];
    for (const endpoint of slice.endpoints ?? []) {
      const uid = endpoint.targetRef?.uid ?? '';
      const next = desired.get(uid);
      if (next === undefined) continue;
      desired.delete(uid);
      kept.push(same(next, withoutHints(endpoint)) ? endpoint : next);
    }
    const changed = kept.length !== (slice.endpoints ?? []).length || kept.some((e, i) => e !== slice.endpoints?.[i]);
    return { slice, endpoints: kept, changed };
  });
  place([...desired.values()], drafts, input.maxEndpoints);
  const placed = new Set(drafts.flatMap((d) => d.endpoints));
  const rest = [...desired.values()].filter((e) => !placed.has(e));
  const create: EndpointSlice[] = [];
  for (let i = 0; i < rest.length; i += input.maxEndpoints) create.push(newSlice(input, group, rest.slice(i, i + input.maxEndpoints)));
  return {
    create,
    update: drafts.filter((d) => d.endpoints.length > 0).flatMap((d) => updated(input, d) ?? []),
    delete: drafts.filter((d) => d.endpoints.length === 0).map((d) => d.slice),
  };
}

/** Hints are given by topology, not by pods. */
function withoutHints(endpoint: Endpoint): Endpoint {
  const { hints: _hints, ...rest } = endpoint;
  return rest;
}

/** New endpoints go where something changes anyway, fullest first; else to one unchanged slice that takes them all. */
function place(added: readonly Endpoint[], drafts: readonly Draft[], max: number): void {
  let left = added;
  const put = (draft: Draft) => {
    const room = max - draft.endpoints.length;
    if (room <= 0 || left.length === 0) return;
    draft.endpoints = [...draft.endpoints, ...left.slice(0, room)];
    draft.changed = true;
    left = left.slice(room);
  };
  const changing = drafts.filter((d) => d.changed && d.endpoints.length > 0).toSorted((a, b) => b.endpoints.length - a.endpoints.length);
  for (const draft of changing) put(draft);
  if (left.length === 0) return;
  const roomy = drafts
    .filter((d) => !d.changed && max - d.endpoints.length >= left.length)
    .toSorted((a, b) => b.endpoints.length - a.endpoints.length)[0];
  if (roomy !== undefined) put(roomy);
  else for (const empty of drafts.filter((d) => d.endpoints.length === 0)) put(empty);
}

function updated(input: SliceInput, draft: Draft): EndpointSlice | undefined {
  const labels = labelsOf(input.service);
  const labelsChanged = !same(labels, draft.slice.metadata?.labels);
  if (!draft.changed && !labelsChanged) return undefined;
  const annotations = withTrigger(draft.slice.metadata?.annotations, draft.changed ? input.triggerTime : '');
  return {
    ...draft.slice,
    metadata: { ...draft.slice.metadata, labels, ...(annotations === undefined ? {} : { annotations }) },
    endpoints: draft.endpoints,
  };
}

function withTrigger(annotations: Readonly<Record<string, string>> | undefined, time: string): Readonly<Record<string, string>> | undefined {
  if (time !== '') return { ...annotations, [triggerTimeAnnotation]: time };
  if (annotations === undefined) return undefined;
  const rest = copyKeys<string>(annotations);
  deleteKey(rest, triggerTimeAnnotation);
  return rest;
}

/** The Service's labels, and those by which slices are found. */
export function labelsOf(service: Service): Readonly<Record<string, string>> {
  const labels = copyKeys<string>(service.metadata?.labels);
  labels[serviceNameLabel] = service.metadata?.name ?? '';
  labels[managedByLabel] = managedBy;
  deleteKey(labels, headlessLabel);
  if (isHeadless(service)) labels[headlessLabel] = '';
  return labels;
}

function newSlice(input: SliceInput, group: Omit<Group, 'endpoints'>, endpoints: readonly Endpoint[]): EndpointSlice {
  const { metadata } = input.service;
  const annotations = input.triggerTime === '' ? undefined : { [triggerTimeAnnotation]: input.triggerTime };
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${(metadata?.name ?? '').slice(0, 247)}-`,
      namespace: metadata?.namespace ?? '',
      labels: labelsOf(input.service),
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [controllerRef(input.service, { apiVersion: 'v1', kind: 'Service' })],
    },
    addressType: group.addressType,
    endpoints,
    ports: group.ports ?? [],
  };
}

interface MutablePlan {
  readonly create: EndpointSlice[];
  readonly update: EndpointSlice[];
  readonly delete: EndpointSlice[];
}

/** A Service without endpoints has one empty slice a family, so that watchers know it was seen. */
function placeholder(
  input: SliceInput,
  { addressType, existing, plan }: { readonly addressType: string; readonly existing: readonly EndpointSlice[]; readonly plan: MutablePlan },
): void {
  const gone = new Set(plan.delete);
  if (plan.create.some((s) => s.addressType === addressType) || existing.some((s) => !gone.has(s))) return;
  const empty = existing.find((s) => groupKey(s.ports) === groupKey([]));
  if (empty === undefined) {
    plan.create.push(newSlice(input, { addressType, ports: [] }, []));
    return;
  }
  plan.delete.splice(plan.delete.indexOf(empty), 1);
  const draft: Draft = { slice: empty, endpoints: [], changed: (empty.endpoints ?? []).length > 0 };
  const next = updated(input, draft);
  if (next !== undefined) plan.update.push(next);
}
