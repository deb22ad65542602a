import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '../../api/index.ts';
import { parseTime } from '../../apimachinery/index.ts';
import { fenceposts, nameOf, progressDeadlineMs, replicasOf, totalActual, totalAvailable } from './model.ts';
import type { Sets } from './scaling.ts';

export type Conditions = readonly DeploymentCondition[];

export function condition(type: string, status: string, reason: string, message: string, now: string): DeploymentCondition {
  return { type, status, lastUpdateTime: now, lastTransitionTime: now, reason, message };
}

export function findCondition(conditions: Conditions | undefined, type: string): DeploymentCondition | undefined {
  return conditions?.find((c) => c.type === type);
}

/** Sets a condition; one of the same status and reason stays as it is, one of the same status keeps its transition time. */
export function setCondition(conditions: Conditions, next: DeploymentCondition): Conditions {
  const current = findCondition(conditions, next.type);
  if (current !== undefined && current.status === next.status && current.reason === next.reason) return conditions;
  return [...removeCondition(conditions, next.type), keepTransition(current, next)];
}

export function removeCondition(conditions: Conditions, type: string): Conditions {
  return conditions.some((c) => c.type === type) ? conditions.filter((c) => c.type !== type) : conditions;
}

function keepTransition(current: DeploymentCondition | undefined, next: DeploymentCondition): DeploymentCondition {
  if (current?.status !== next.status || current.lastTransitionTime === undefined) return next;
  return { ...next, lastTransitionTime: current.lastTransitionTime };
}

/** Counts and availability as the ReplicaSets report them. */
export function calculateStatus(d: Deployment, sets: Sets, now: string): DeploymentStatus {
  const all = sets.newSet === undefined ? sets.oldSets : [...sets.oldSets, sets.newSet];
  const available = totalAvailable(all);
  const total = totalActual(all);
  const sum = (of: (rs: ReplicaSet) => number | undefined) => all.reduce((n, rs) => n + (of(rs) ?? 0), 0);
  const enough = available >= replicasOf(d) - fenceposts(d).maxUnavailable;
  const availability = enough
    ? condition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', now)
    : condition('Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.', now);
  return {
    observedGeneration: d.metadata?.generation ?? 0,
    replicas: total,
    updatedReplicas: sets.newSet?.status?.replicas ?? 0,
    readyReplicas: sum((rs) => rs.status?.readyReplicas),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, total - available),
    terminatingReplicas: sum((rs) => rs.status?.terminatingReplicas),
    ...(d.status?.collisionCount === undefined ? {} : { collisionCount: d.status.collisionCount }),
    conditions: setCondition(d.status?.conditions ?? [], availability),
  };
}

export function isComplete(d: Deployment, status: DeploymentStatus): boolean {
  const wanted = replicasOf(d);
  return (
    (status.updatedReplicas ?? 0) === wanted &&
    (status.replicas ?? 0) === wanted &&
    (status.availableReplicas ?? 0) === wanted &&
    (status.observedGeneration ?? 0) >= (d.metadata?.generation ?? 0)
  );
}

function isProgressing(old: DeploymentStatus | undefined, next: DeploymentStatus): boolean {
  const outdated = (s: DeploymentStatus | undefined) => (s?.replicas ?? 0) - (s?.updatedReplicas ?? 0);
  return (
    (next.updatedReplicas ?? 0) > (old?.updatedReplicas ?? 0) ||
    outdated(next) < outdated(old) ||
    (next.readyReplicas ?? 0) > (old?.readyReplicas ?? 0) ||
    (next.availableReplicas ?? 0) > (old?.availableReplicas ?? 0)
  );
}

/** The rollout stood still for longer than its deadline. */
function isTimedOut(d: Deployment, conditions: Conditions, nowMs: number): boolean {
  const deadlineMs = progressDeadlineMs(d);
  const current = findCondition(conditions, 'Progressing');
  if (deadlineMs === undefined || current === undefined || current.reason === 'NewReplicaSetAvailable') return false;
  if (current.reason === 'ProgressDeadlineExceeded') return true;
  return (parseTime(current.lastUpdateTime) ?? 0) + deadlineMs < nowMs;
}

/** The status of a Deployment whose rollout moves: counts, and how it gets on. */
export function rolloutStatus(d: Deployment, sets: Sets, time: { readonly nowMs: number; readonly now: string }): DeploymentStatus {
  const status = calculateStatus(d, sets, time.now);
  const failures = failureConditions(sets);
  let conditions = progressConditions(d, status, { ...time, subject: subjectOf(d, sets.newSet) });
  const [failure] = failures;
  conditions = failure === undefined ? removeCondition(conditions, 'ReplicaFailure') : setCondition(conditions, failure);
  return { ...status, conditions };
}

function subjectOf(d: Deployment, newSet: ReplicaSet | undefined): string {
  return newSet === undefined ? `Deployment ${JSON.stringify(nameOf(d))}` : `ReplicaSet ${JSON.stringify(nameOf(newSet))}`;
}

function progressConditions(
  d: Deployment,
  status: DeploymentStatus,
  { nowMs, now, subject }: { readonly nowMs: number; readonly now: string; readonly subject: string },
): Conditions {
  const conditions = status.conditions ?? [];
  if (progressDeadlineMs(d) === undefined) return removeCondition(conditions, 'Progressing');
  const current = findCondition(d.status?.conditions, 'Progressing');
  const wasComplete = (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable';
  if (wasComplete) return conditions;
  if (isComplete(d, status)) {
    return setCondition(conditions, condition('Progressing', 'True', 'NewReplicaSetAvailable', `${subject} has successfully progressed.`, now));
  }
  if (isProgressing(d.status, status)) {
    const next = condition('Progressing', 'True', 'ReplicaSetUpdated', `${subject} is progressing.`, now);
    // Written even if the reason is the same: the time of the last progress moves the deadline.
    return [...removeCondition(conditions, 'Progressing'), keepTransition(current, next)];
  }
  if (isTimedOut(d, conditions, nowMs)) {
    return setCondition(conditions, condition('Progressing', 'False', 'ProgressDeadlineExceeded', `${subject} has timed out progressing.`, now));
  }
  return conditions;
}

/** What keeps ReplicaSets from making pods, the new one's trouble first. */
function failureConditions(sets: Sets): Conditions {
  const of = (rs: ReplicaSet | undefined) => (rs?.status?.conditions ?? []).filter((c) => c.type === 'ReplicaFailure');
  const own = of(sets.newSet);
  const found = own.length > 0 ? own : sets.oldSets.flatMap(of);
  return found.map((c) => ({ ...c, ...(c.lastTransitionTime === undefined ? {} : { lastUpdateTime: c.lastTransitionTime }) }));
}

/** Milliseconds after which a rollout that does not move must be looked at again; undefined when no deadline runs. */
export function deadlineCheckMs(d: Deployment, status: DeploymentStatus, nowMs: number): number | undefined {
  const deadlineMs = progressDeadlineMs(d);
  const current = findCondition(status.conditions, 'Progressing');
  if (deadlineMs === undefined || current === undefined || isComplete(d, status) || current.reason === 'ProgressDeadlineExceeded') return undefined;
  return Math.max(0, (parseTime(current.lastUpdateTime) ?? 0) + deadlineMs - nowMs) + 1000;
}
