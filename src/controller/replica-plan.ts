import {
  isPodActive,
  isPodAvailable,
  isPodReady,
  isPodTerminal,
  podCondition,
  type Pod,
  type ReplicaSetCondition,
  type ReplicaSetStatus,
} from '../api/index.ts';
import { getKey, parseTime } from '../apimachinery/index.ts';
import { same } from './same.ts';

/** At most so many pods are created or deleted in one reconcile (BurstReplicas upstream). */
export const burstReplicas = 500;

export type ReplicaAction =
  | { readonly kind: 'create'; readonly count: number }
  | { readonly kind: 'delete'; readonly pods: readonly Pod[] }
  | { readonly kind: 'none' };

/** What brings the number of active pods to `replicas`. `siblings` are all pods of the ReplicaSets under the same owner. */
export function planReplicas(
  replicas: number,
  active: readonly Pod[],
  options: { readonly siblings: readonly Pod[]; readonly nowMs: number },
): ReplicaAction {
  const diff = active.length - replicas;
  if (diff < 0) return { kind: 'create', count: Math.min(-diff, burstReplicas) };
  if (diff > 0) return { kind: 'delete', pods: podsToDelete(active, Math.min(diff, burstReplicas), options) };
  return { kind: 'none' };
}

interface Ranked {
  readonly pod: Pod;
  /** Active siblings on the same node. */
  readonly rank: number;
  readonly readyMs: number;
}

/** The `count` pods whose loss hurts least, in the order of upstream's ActivePodsWithRanks. */
export function podsToDelete(
  active: readonly Pod[],
  count: number,
  options: { readonly siblings: readonly Pod[]; readonly nowMs: number },
): readonly Pod[] {
  if (count >= active.length) return active;
  const onNode = new Map<string, number>();
  for (const pod of options.siblings) {
    const node = pod.spec?.nodeName;
    if (node !== undefined && isPodActive(pod)) onNode.set(node, (onNode.get(node) ?? 0) + 1);
  }
  const ranked = active.map((pod): Ranked => ({
    pod,
    rank: onNode.get(pod.spec?.nodeName ?? '') ?? 0,
    readyMs: parseTime(podCondition(pod, 'Ready')?.lastTransitionTime) ?? 0,
  }));
  return ranked
    .toSorted((a, b) => compareForDeletion(a, b, options.nowMs))
    .slice(0, count)
    .map((r) => r.pod);
}

const phaseRank: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

function deletionCost(pod: Pod): number {
  const text = getKey(pod.metadata?.annotations, 'controller.kubernetes.io/pod-deletion-cost');
  return text !== undefined && /^(0|-?[1-9][0-9]*)$/.test(text) ? Number(text) : 0;
}

function compareForDeletion(a: Ranked, b: Ranked, nowMs: number): number {
  const assigned = (r: Ranked) => ((r.pod.spec?.nodeName ?? '') === '' ? 0 : 1);
  const phase = (r: Ranked) => phaseRank[r.pod.status?.phase ?? ''] ?? 0;
  const ready = (r: Ranked) => (isPodReady(r.pod) ? 1 : 0);
  const firsts = [
    assigned(a) - assigned(b),
    phase(a) - phase(b),
    ready(a) - ready(b),
    deletionCost(a.pod) - deletionCost(b.pod),
    b.rank - a.rank,
    ready(a) === 1 && ready(b) === 1 ? byAge(a, b, { aMs: a.readyMs, bMs: b.readyMs, nowMs }) : 0,
    maxRestarts(b.pod) - maxRestarts(a.pod),
    byAge(a, b, { aMs: parseTime(a.pod.metadata?.creationTimestamp) ?? 0, bMs: parseTime(b.pod.metadata?.creationTimestamp) ?? 0, nowMs }),
  ];
  return firsts.find((d) => d !== 0) ?? 0;
}

/** Younger first, ages compared by their power of two only; alike ones in the order of their uid, which is chance. */
function byAge(a: Ranked, b: Ranked, t: { readonly aMs: number; readonly bMs: number; readonly nowMs: number }): number {
  if (t.aMs === t.bMs) return 0;
  if (t.aMs === 0 || t.bMs === 0) return t.aMs === 0 ? -1 : 1;
  const power = (ms: number) => (t.nowMs - ms > 0 ? Math.floor(Math.log2((t.nowMs - ms) * 1e6)) : -1);
  const diff = power(t.aMs) - power(t.bMs);
  if (diff !== 0) return diff;
  return (a.pod.metadata?.uid ?? '') < (b.pod.metadata?.uid ?? '') ? -1 : 1;
}

export interface ReplicaStatusInput {
  readonly status: ReplicaSetStatus | undefined;
  readonly generation: number;
  readonly replicas: number;
  readonly minReadySeconds: number;
  readonly templateLabels: Readonly<Record<string, string>>;
  /** All pods owned, finished and terminating ones too. */
  readonly pods: readonly Pod[];
  /** What the last create or delete failed with. */
  readonly failure?: string;
  readonly nowMs: number;
  readonly now: string;
}

/** The status that the pods make. ReplicationControllers have no terminatingReplicas. */
export function replicaStatus(input: ReplicaStatusInput): ReplicaSetStatus {
  const active = input.pods.filter(isPodActive);
  const labels = Object.entries(input.templateLabels);
  const ready = active.filter(isPodReady);
  const conditions = failureCondition(input, active.length);
  return {
    replicas: active.length,
    fullyLabeledReplicas: active.filter((p) => labels.every(([k, v]) => getKey(p.metadata?.labels, k) === v)).length,
    readyReplicas: ready.length,
    availableReplicas: ready.filter((p) => isPodAvailable(p, input.minReadySeconds, input.nowMs)).length,
    terminatingReplicas: input.pods.filter((p) => p.metadata?.deletionTimestamp !== undefined && !isPodTerminal(p)).length,
    observedGeneration: input.generation,
    ...(conditions.length === 0 ? {} : { conditions }),
  };
}

function failureCondition(input: ReplicaStatusInput, active: number): readonly ReplicaSetCondition[] {
  const present = input.status?.conditions ?? [];
  const others = present.filter((c) => c.type !== 'ReplicaFailure');
  if (input.failure === undefined) return others;
  const reason = active < input.replicas ? 'FailedCreate' : 'FailedDelete';
  const old = present.find((c) => c.type === 'ReplicaFailure');
  if (old !== undefined) return present;
  return [...others, { type: 'ReplicaFailure', status: 'True', lastTransitionTime: input.now, reason, message: input.failure }];
}

/** Whether writing `next` would change nothing: zero counts are absent on the wire. */
export function sameReplicaStatus(a: ReplicaSetStatus | undefined, b: ReplicaSetStatus): boolean {
  const full = (s: ReplicaSetStatus | undefined) => ({
    replicas: s?.replicas ?? 0,
    fullyLabeledReplicas: s?.fullyLabeledReplicas ?? 0,
    readyReplicas: s?.readyReplicas ?? 0,
    availableReplicas: s?.availableReplicas ?? 0,
    terminatingReplicas: s?.terminatingReplicas ?? 0,
    observedGeneration: s?.observedGeneration ?? 0,
    conditions: s?.conditions ?? [],
  });
  return same(full(a), full(b));
}

/** Restarts of the container that restarted most. */
function maxRestarts(pod: Pod): number {
  return Math.max(0, ...(pod.status?.containerStatuses ?? []).map((s) => s.restartCount));
}
