import type { ContainerImage, Node, NodeAddress, NodeCondition, NodeStatus, NodeSystemInfo, Taint } from '../../api/index.ts';
import { equalJson, formatTime, type Json } from '../../apimachinery/index.ts';

/** What a node has. */
export interface NodeResources {
  readonly milliCpu: number;
  readonly memoryBytes: number;
  readonly ephemeralBytes: number;
  readonly pods: number;
}

/** All that a Node tells, at one moment. */
export interface NodeFacts {
  readonly name: string;
  /** In the order shown: InternalIP first, then Hostname. */
  readonly addresses: readonly NodeAddress[];
  readonly resources: NodeResources;
  readonly info: NodeSystemInfo;
  /** Of the kubelet's server; 10250 when absent. */
  readonly kubeletPort?: number;
  /** The largest 50 are told. */
  readonly images?: readonly ContainerImage[];
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** The Node as the server has it: its conditions keep their times of change, its labels of others stay. */
  readonly previous?: Node;
  /** Why pods cannot run (the runtime's or the network's words); empty when they can. */
  readonly notReady?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  /** Put on a Node that is created. */
  readonly taints?: readonly Taint[];
  readonly volumesInUse?: readonly string[];
  readonly runtimeHandlers?: NodeStatus['runtimeHandlers'];
}

const maxImages = 50;
const maxImageNames = 5;
/** Kept free for the node itself, by the default eviction thresholds: memory.available < 100Mi, nodefs.available < 10%. */
const keptMemoryBytes = 100 * 1024 * 1024;

/** The Node as its kubelet wants it. Pure. */
export function nodeObject(facts: NodeFacts): Node {
  const { name, previous } = facts;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { ...facts.labels, ...nodeLabels(facts) },
      annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
    },
    ...(facts.taints ? { spec: { taints: facts.taints } } : {}),
    status: nodeStatus(facts, previous?.status?.conditions ?? []),
  };
}

/** The labels that every node bears. */
export function nodeLabels({ name, addresses, info }: Pick<NodeFacts, 'name' | 'addresses' | 'info'>): Readonly<Record<string, string>> {
  const { operatingSystem: os, architecture: arch } = info;
  const hostname = addresses.find((a) => a.type === 'Hostname')?.address ?? name;
  return {
    'beta.kubernetes.io/arch': arch,
    'beta.kubernetes.io/os': os,
    'kubernetes.io/arch': arch,
    'kubernetes.io/hostname': hostname,
    'kubernetes.io/os': os,
  };
}

function nodeStatus(facts: NodeFacts, before: readonly NodeCondition[]): NodeStatus {
  const images = [...(facts.images ?? [])].sort(byImageSize).slice(0, maxImages);
  return {
    addresses: facts.addresses,
    ...amounts(facts.resources),
    conditions: conditions(facts).map((c) => withTimes(c, before, facts.now)),
    daemonEndpoints: { kubeletEndpoint: { Port: facts.kubeletPort ?? 10_250 } },
    nodeInfo: facts.info,
    images: images.map((i) => ({ ...i, names: (i.names ?? []).slice(0, maxImageNames) })),
    ...(facts.volumesInUse ? { volumesInUse: facts.volumesInUse } : {}),
    ...(facts.runtimeHandlers ? { runtimeHandlers: facts.runtimeHandlers } : {}),
  };
}

/** The largest first; of one size by name, so that the same images make the same list. */
function byImageSize(a: ContainerImage, b: ContainerImage): number {
  const [nameA = ''] = a.names ?? [];
  const [nameB = ''] = b.names ?? [];
  return (b.sizeBytes ?? 0) - (a.sizeBytes ?? 0) || (nameA < nameB ? -1 : Number(nameA > nameB));
}

const kib = (bytes: number) => `${Math.floor(bytes / 1024)}Ki`;

function amounts({ milliCpu, memoryBytes, ephemeralBytes, pods }: NodeResources): Pick<NodeStatus, 'capacity' | 'allocatable'> {
  const cpu = milliCpu % 1000 === 0 ? String(milliCpu / 1000) : `${milliCpu}m`;
  const common = { cpu, 'hugepages-1Gi': '0', 'hugepages-2Mi': '0', pods: String(pods) };
  return {
    capacity: { ...common, 'ephemeral-storage': kib(ephemeralBytes), memory: kib(memoryBytes) },
    allocatable: {
      ...common,
      'ephemeral-storage': String(Math.floor(ephemeralBytes * 0.9)),
      memory: kib(Math.max(0, memoryBytes - keptMemoryBytes)),
    },
  };
}

function conditions({ notReady = [] }: NodeFacts): readonly NodeCondition[] {
  const enough = (type: string, reason: string, message: string) => ({ type, status: 'False', reason, message });
  return [
    enough('MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
    enough('DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    enough('PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    notReady.length === 0
      ? { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }
      : { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: notReady.length === 1 ? notReady[0]! : `[${notReady.join(', ')}]` },
  ];
}

/** A condition changes when its status does; its reason alone moves no time. */
function withTimes(condition: NodeCondition, before: readonly NodeCondition[], now: number): NodeCondition {
  const time = formatTime(now);
  const last = before.find((c) => c.type === condition.type);
  const changed = last?.status !== condition.status || last.lastTransitionTime === undefined;
  return { ...condition, lastHeartbeatTime: time, lastTransitionTime: changed ? time : last.lastTransitionTime! };
}

/**
 * What must be patched to bring the server's Node to what is wanted; undefined where only heartbeats differ. Strategic merge: conditions of
 * others stay. Pure.
 */
export function statusPatch(current: Node, wanted: Node, heartbeat: boolean): { readonly status: object } | undefined {
  const was = current.status ?? {};
  const will = wanted.status ?? {};
  const patch: Record<string, unknown> = {};
  const keys = ['capacity', 'allocatable', 'daemonEndpoints', 'nodeInfo', 'images', 'volumesInUse', 'runtimeHandlers'] as const;
  for (const key of keys) if (will[key] !== undefined && !covers(was[key], will[key])) patch[key] = will[key];
  if (!same(was.addresses ?? [], will.addresses ?? [])) {
    // Merged by type otherwise, which cannot tell two addresses of one type.
    patch['addresses'] = [...(will.addresses ?? []), { $patch: 'replace' }];
  }
  const differ = (will.conditions ?? []).some(
    (c) =>
      !sameCondition(
        was.conditions?.find((o) => o.type === c.type),
        c,
      ),
  );
  if (differ || heartbeat || Object.keys(patch).length > 0) patch['conditions'] = will.conditions;
  return Object.keys(patch).length === 0 ? undefined : { status: patch };
}

const same = (a: unknown, b: unknown) => equalJson(a as Json | undefined, b as Json | undefined);

/** What others put into a map (device plug-ins' resources) is no difference; lists must be the same. */
function covers(was: unknown, will: unknown): boolean {
  if (Array.isArray(will)) return same(was ?? [], will);
  if (typeof was !== 'object' || was === null) return false;
  return Object.entries(will as object).every(
    ([key, value]) => Object.hasOwn(was, key) && same((was as Readonly<Record<string, unknown>>)[key], value),
  );
}

function sameCondition(was: NodeCondition | undefined, will: NodeCondition): boolean {
  return was !== undefined && was.status === will.status && was.reason === will.reason && was.message === will.message;
}
