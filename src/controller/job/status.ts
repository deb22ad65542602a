import { isPodReady, type Job, type JobCondition, type JobStatus } from '../../api/index.ts';
import { formatIndexes } from './indexes.ts';
import { isIndexed, isSuspended } from './model.ts';
import type { JobFacts, Outcome } from './plan.ts';

export interface StatusInput {
  readonly facts: JobFacts;
  readonly outcome: Outcome | undefined;
  /** Pods created and deleted in this pass, which the cache does not show. */
  readonly created: number;
  readonly deleted: number;
  readonly now: string;
}

/** The status after a pass: first the uids of finished pods are noted, then their finalizers go, then they count. Nothing counts twice. */
export function nextStatus(job: Job, input: StatusInput): JobStatus {
  const { facts, now } = input;
  const old = job.status ?? {};
  const uid = (pod: { readonly metadata?: { readonly uid?: string } }) => pod.metadata?.uid ?? '';
  const keep = (uids: readonly string[] | undefined, gone: readonly string[]) => (uids ?? []).filter((u) => !gone.includes(u));
  const counting = isIndexed(job) ? [] : facts.newSucceeded.map(uid);
  const succeeded = [...keep(old.uncountedTerminatedPods?.succeeded, facts.countedSucceeded), ...counting];
  const failed = [
    ...keep(old.uncountedTerminatedPods?.failed, facts.countedFailed),
    ...facts.newFailed.filter((p) => !facts.ignored.has(p)).map(uid),
  ];
  const suspended = isSuspended(job);
  const startTime = suspended ? undefined : (old.startTime ?? now);
  const completed = formatIndexes(facts.completedIndexes);
  const failedText = formatIndexes(facts.failedIndexes);
  return {
    conditions: conditions(job, input),
    ...(startTime === undefined ? {} : { startTime }),
    ...(old.completionTime === undefined ? {} : { completionTime: old.completionTime }),
    active: Math.max(0, facts.active.length + input.created - input.deleted),
    ready: facts.active.filter(isPodReady).length,
    terminating: facts.terminating + input.deleted,
    succeeded: isIndexed(job) ? facts.completedIndexes.size : (old.succeeded ?? 0) + facts.countedSucceeded.length,
    failed: (old.failed ?? 0) + facts.countedFailed.length,
    ...(completed === '' ? {} : { completedIndexes: completed }),
    ...(failedText === '' && job.spec?.backoffLimitPerIndex === undefined ? {} : { failedIndexes: failedText }),
    uncountedTerminatedPods: { ...(succeeded.length === 0 ? {} : { succeeded }), ...(failed.length === 0 ? {} : { failed }) },
  };
}

function conditions(job: Job, { outcome, now }: StatusInput): readonly JobCondition[] {
  let found: readonly JobCondition[] = job.status?.conditions ?? [];
  if (outcome !== undefined && !found.some((c) => c.type === outcome.type && c.status === 'True'))
    found = [...found, condition(outcome.type, 'True', outcome, now)];
  const wasSuspended = found.some((c) => c.type === 'Suspended' && c.status === 'True');
  if (outcome !== undefined || wasSuspended === isSuspended(job)) return found;
  const next = isSuspended(job)
    ? condition('Suspended', 'True', { reason: 'JobSuspended', message: 'Job suspended' }, now)
    : condition('Suspended', 'False', { reason: 'JobResumed', message: 'Job resumed' }, now);
  return [...found.filter((c) => c.type !== 'Suspended'), next];
}

function condition(type: string, status: string, what: { readonly reason: string; readonly message: string }, now: string): JobCondition {
  return { type, status, lastProbeTime: now, lastTransitionTime: now, reason: what.reason, message: what.message };
}

/** The last word, once no pod is left running, going or uncounted; undefined as long as some are. */
export function finalStatus(status: JobStatus, outcome: Outcome | undefined, now: string): JobStatus | undefined {
  const open = status.uncountedTerminatedPods;
  if (outcome === undefined || (status.active ?? 0) > 0 || (status.terminating ?? 0) > 0) return undefined;
  if ((open?.succeeded ?? []).length > 0 || (open?.failed ?? []).length > 0) return undefined;
  const type = outcome.type === 'SuccessCriteriaMet' ? 'Complete' : 'Failed';
  return {
    ...status,
    conditions: [...(status.conditions ?? []), condition(type, 'True', outcome, now)],
    ...(type === 'Complete' ? { completionTime: now } : {}),
    ready: 0,
  };
}
