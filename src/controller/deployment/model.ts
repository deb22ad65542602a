import type { Deployment, PodTemplateSpec, ReplicaSet } from '../../api/index.ts';
import { getKey, parseTime, percentOf, scaledIntOrPercent, withoutKey } from '../../apimachinery/index.ts';
import { same } from '../same.ts';

export const hashLabel = 'pod-template-hash';
export const annotation = {
  revision: 'deployment.kubernetes.io/revision',
  revisionHistory: 'deployment.kubernetes.io/revision-history',
  desiredReplicas: 'deployment.kubernetes.io/desired-replicas',
  maxReplicas: 'deployment.kubernetes.io/max-replicas',
  rollback: 'deprecated.deployment.rollback.to',
  lastApplied: 'kubectl.kubernetes.io/last-applied-configuration',
} as const;

const maxInt32 = 2 ** 31 - 1;

export const replicasOf = (o: Deployment | ReplicaSet | undefined): number => (o === undefined ? 0 : (o.spec?.replicas ?? 1));
export const nameOf = (o: Deployment | ReplicaSet): string => o.metadata?.name ?? '';
export const totalReplicas = (sets: readonly ReplicaSet[]): number => sets.reduce((n, rs) => n + replicasOf(rs), 0);
export const totalAvailable = (sets: readonly ReplicaSet[]): number => sets.reduce((n, rs) => n + (rs.status?.availableReplicas ?? 0), 0);
export const totalActual = (sets: readonly ReplicaSet[]): number => sets.reduce((n, rs) => n + (rs.status?.replicas ?? 0), 0);
export const activeSets = (sets: readonly ReplicaSet[]): readonly ReplicaSet[] => sets.filter((rs) => replicasOf(rs) > 0);

export function isRolling(d: Deployment): boolean {
  return (d.spec?.strategy?.type ?? 'RollingUpdate') === 'RollingUpdate';
}

export function progressDeadlineMs(d: Deployment): number | undefined {
  const seconds = d.spec?.progressDeadlineSeconds;
  return seconds === undefined || seconds === maxInt32 ? undefined : seconds * 1000;
}

export function revisionHistoryLimit(d: Deployment): number | undefined {
  const limit = d.spec?.revisionHistoryLimit;
  return limit === maxInt32 ? undefined : limit;
}

/** A value that cannot be read counts as none: validation keeps such out. */
function scaledValue(value: number | string | undefined, total: number, roundUp: boolean): number {
  if (typeof value === 'string' && percentOf(value) === undefined) return 0;
  return value === undefined ? 0 : scaledIntOrPercent(value, total, { roundUp });
}

/** How many pods more, and how many fewer available, a rolling update may have. Never both 0: it could not move. */
export function fenceposts(d: Deployment): { readonly maxSurge: number; readonly maxUnavailable: number } {
  const replicas = replicasOf(d);
  if (!isRolling(d)) return { maxSurge: 0, maxUnavailable: 0 };
  const rolling = d.spec?.strategy?.rollingUpdate;
  const maxSurge = scaledValue(rolling?.maxSurge, replicas, true);
  const exact = scaledValue(rolling?.maxUnavailable, replicas, false);
  const maxUnavailable = maxSurge === 0 && exact === 0 ? 1 : exact;
  return { maxSurge, maxUnavailable: Math.min(maxUnavailable, replicas) };
}

export function numericAnnotation(o: Deployment | ReplicaSet, key: string): number | undefined {
  const text = getKey(o.metadata?.annotations, key);
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

export const revisionOf = (rs: ReplicaSet): number => numericAnnotation(rs, annotation.revision) ?? 0;

function withoutHash(template: PodTemplateSpec | undefined): unknown {
  const metadata = template?.metadata ?? {};
  const labels = withoutKey(metadata.labels ?? {}, hashLabel);
  const { creationTimestamp: _none, labels: _labels, ...rest } = metadata;
  return { spec: template?.spec, metadata: { ...rest, ...(Object.keys(labels).length === 0 ? {} : { labels }) } };
}

/** Whether two templates make the same pods, the hash label aside. */
export function equalIgnoringHash(a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean {
  return same(withoutHash(a), withoutHash(b));
}

export function byCreation(a: ReplicaSet, b: ReplicaSet): number {
  const diff = (parseTime(a.metadata?.creationTimestamp) ?? 0) - (parseTime(b.metadata?.creationTimestamp) ?? 0);
  return diff !== 0 ? diff : nameOf(a) < nameOf(b) ? -1 : 1;
}

/** The ReplicaSet of the current template: the oldest that fits. */
export function findNewReplicaSet(d: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined {
  return sets.toSorted(byCreation).find((rs) => equalIgnoringHash(rs.spec?.template, d.spec?.template));
}
