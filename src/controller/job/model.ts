import { isPodTerminal, type Job, type JobCondition, type Pod } from '../../api/index.ts';
import { getKey, parseTime } from '../../apimachinery/index.ts';

export const trackingFinalizer = 'batch.kubernetes.io/job-tracking';
export const indexKey = 'batch.kubernetes.io/job-completion-index';
export const failureCountAnnotation = 'batch.kubernetes.io/job-index-failure-count';
export const jobKind = { apiVersion: 'batch/v1', kind: 'Job' };

export function jobCondition(job: Job, type: string): JobCondition | undefined {
  return job.status?.conditions?.find((c) => c.type === type && c.status === 'True');
}

export function isFinished(job: Job): boolean {
  return jobCondition(job, 'Complete') !== undefined || jobCondition(job, 'Failed') !== undefined;
}

export const isIndexed = (job: Job): boolean => job.spec?.completionMode === 'Indexed';
export const isSuspended = (job: Job): boolean => job.spec?.suspend === true;

/** Pods that are going are replaced only once they have failed. A failure policy can judge finished pods alone, so it implies that. */
export function onlyReplaceFailed(job: Job): boolean {
  return job.spec?.podReplacementPolicy === 'Failed' || job.spec?.podFailurePolicy !== undefined;
}

export function hasTracking(pod: Pod): boolean {
  return (pod.metadata?.finalizers ?? []).includes(trackingFinalizer);
}

export function isTerminating(pod: Pod): boolean {
  return pod.metadata?.deletionTimestamp !== undefined && !isPodTerminal(pod);
}

export function hasSucceeded(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded';
}

/** Failed, or going before it could finish (unless those are waited for). */
export function hasFailed(pod: Pod, job: Job): boolean {
  if (pod.status?.phase === 'Failed') return true;
  return !onlyReplaceFailed(job) && pod.metadata?.deletionTimestamp !== undefined && !hasSucceeded(pod);
}

/** The completion index of a Pod, -1 when it has none. */
export function indexOf(pod: Pod): number {
  const text = getKey(pod.metadata?.annotations, indexKey);
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : -1;
}

export function failureCountOf(pod: Pod): number {
  const text = getKey(pod.metadata?.annotations, failureCountAnnotation);
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : 0;
}

/** When a Pod finished, as far as it says. */
export function finishedMs(pod: Pod, nowMs: number): number {
  const ends = (pod.status?.containerStatuses ?? []).flatMap((s) => parseTime(s.state?.terminated?.finishedAt) ?? []);
  if (ends.length > 0) return Math.max(...ends);
  const ready = pod.status?.conditions?.find((c) => c.type === 'Ready');
  return parseTime(ready?.lastTransitionTime) ?? parseTime(pod.metadata?.deletionTimestamp) ?? nowMs;
}
