import type { Lease, Node, NodeCondition } from '../../api/index.ts';
import { parseTime } from '../../apimachinery/index.ts';
import { nodeCondition } from './taints.ts';

/** What is remembered of a node between two looks. Times are local: the node's clock only has to move. */
export interface NodeHealth {
  readonly heartbeat: string;
  readonly renewTime: string;
  readonly probeMs: number;
}

export interface HealthTimings {
  readonly gracePeriodMs: number;
  readonly startupGracePeriodMs: number;
}

export interface Assessment {
  readonly health: NodeHealth;
  /** The node's conditions, with those gone Unknown that were silent too long; the same array when nothing changes. */
  readonly conditions: readonly NodeCondition[];
}

const watched = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

/** Whether a node still reports, by its status or its Lease. Pure. */
export function assessNode(
  node: Node,
  known: { readonly lease: Lease | undefined; readonly health: NodeHealth | undefined },
  time: HealthTimings & { readonly nowMs: number; readonly now: string },
): Assessment {
  const ready = nodeCondition(node, 'Ready');
  const heartbeat = ready?.lastHeartbeatTime ?? '';
  const renewTime = known.lease?.spec?.renewTime ?? '';
  const moved = known.health === undefined || heartbeat !== known.health.heartbeat || renewTime !== known.health.renewTime;
  const createdMs = parseTime(node.metadata?.creationTimestamp) ?? time.nowMs;
  // A node that never reported counts from its creation.
  const probeMs = ready === undefined && renewTime === '' ? createdMs : moved ? time.nowMs : (known.health?.probeMs ?? time.nowMs);
  const health = { heartbeat, renewTime, probeMs };
  const conditions = node.status?.conditions ?? [];
  const graceMs = ready === undefined ? time.startupGracePeriodMs : time.gracePeriodMs;
  if (time.nowMs <= probeMs + graceMs) return { health, conditions };
  return { health, conditions: unknownConditions(node, conditions, time.now) };
}

function unknownConditions(node: Node, conditions: readonly NodeCondition[], now: string): readonly NodeCondition[] {
  const next = conditions.map((c): NodeCondition =>
    watched.includes(c.type) && c.status !== 'Unknown'
      ? { ...c, status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.', lastTransitionTime: now }
      : c,
  );
  const missing = watched.filter((type) => !conditions.some((c) => c.type === type));
  if (missing.length === 0 && next.every((c, i) => c === conditions[i])) return conditions;
  const created = node.metadata?.creationTimestamp ?? now;
  return [
    ...next,
    ...missing.map((type) => ({
      type,
      status: 'Unknown',
      reason: 'NodeStatusNeverUpdated',
      message: 'Kubelet never posted node status.',
      lastHeartbeatTime: created,
      lastTransitionTime: now,
    })),
  ];
}

export type ZoneState = 'Initial' | 'Normal' | 'FullDisruption' | 'PartialDisruption';

/** Share of silent nodes from which a zone counts as disrupted, and the size up to which a cluster is small. */
const unhealthyZoneThreshold = 0.55;

export function zoneState(ready: readonly boolean[]): ZoneState {
  const silent = ready.filter((r) => !r).length;
  if (ready.length === 0) return 'Initial';
  if (silent === ready.length) return 'FullDisruption';
  return silent > 2 && silent / ready.length >= unhealthyZoneThreshold ? 'PartialDisruption' : 'Normal';
}

/** Nodes a second that may be tainted NoExecute in a zone (--node-eviction-rate, --secondary-node-eviction-rate). */
export function evictionRate(state: ZoneState, zoneSize: number): number {
  if (state !== 'PartialDisruption') return 0.1;
  return zoneSize > 50 ? 0.01 : 0;
}
