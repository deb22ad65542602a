import { isPodActive, type Job, type Pod } from '../../api/index.ts';
import { parseTime } from '../../apimachinery/index.ts';
import { podsToDelete } from '../replica-plan.ts';
import { matchFailurePolicy, type PolicyMatch } from './failure-policy.ts';
import { firstPending, parseIndexes } from './indexes.ts';
import {
  failureCountOf,
  hasFailed,
  hasSucceeded,
  hasTracking,
  indexOf,
  isIndexed,
  isSuspended,
  isTerminating,
  jobCondition,
  onlyReplaceFailed,
} from './model.ts';

/** At most so many pods are created, deleted or taken into account in one pass. */
export const maxPodsPerSync = 500;

/** What a Job's pods amount to. */
export interface JobFacts {
  readonly active: readonly Pod[];
  readonly terminating: number;
  /** Finished pods whose end has not been recorded, at most `maxPodsPerSync`. */
  readonly newSucceeded: readonly Pod[];
  readonly newFailed: readonly Pod[];
  /** Of `newFailed`, those that a policy excuses. */
  readonly ignored: ReadonlySet<Pod>;
  readonly failJob: PolicyMatch | undefined;
  readonly succeeded: number;
  readonly failed: number;
  readonly completedIndexes: ReadonlySet<number>;
  readonly failedIndexes: ReadonlySet<number>;
  /** Uids in status.uncountedTerminatedPods whose pods have lost the finalizer: they count from now on. */
  readonly countedSucceeded: readonly string[];
  readonly countedFailed: readonly string[];
}

/** Gathers the facts. Pure. */
export function gatherFacts(job: Job, pods: readonly Pod[]): JobFacts {
  const completions = job.spec?.completions ?? 0;
  const tracked = new Set(pods.filter(hasTracking).map((p) => p.metadata?.uid ?? ''));
  const uncounted = { succeeded: job.status?.uncountedTerminatedPods?.succeeded ?? [], failed: job.status?.uncountedTerminatedPods?.failed ?? [] };
  const known = new Set([...uncounted.succeeded, ...uncounted.failed]);
  const unrecorded = pods.filter((p) => hasTracking(p) && !known.has(p.metadata?.uid ?? ''));
  const newSucceeded = unrecorded.filter(hasSucceeded).slice(0, maxPodsPerSync);
  const newFailed = unrecorded.filter((p) => hasFailed(p, job)).slice(0, maxPodsPerSync - newSucceeded.length);
  const verdicts = new Map(newFailed.map((p) => [p, matchFailurePolicy(job.spec?.podFailurePolicy, p)]));
  const ignored = new Set(newFailed.filter((p) => verdicts.get(p)?.action === 'Ignore'));
  const completedIndexes = parseIndexes(job.status?.completedIndexes, completions);
  if (isIndexed(job))
    for (const pod of pods) if (hasSucceeded(pod) && indexOf(pod) >= 0 && indexOf(pod) < completions) completedIndexes.add(indexOf(pod));
  const succeededCount = (job.status?.succeeded ?? 0) + uncounted.succeeded.length + newSucceeded.length;
  return {
    active: pods.filter(isPodActive),
    terminating: pods.filter(isTerminating).length,
    newSucceeded,
    newFailed,
    ignored,
    failJob: [...verdicts.values()].find((v) => v?.action === 'FailJob'),
    succeeded: isIndexed(job) ? completedIndexes.size : succeededCount,
    failed: (job.status?.failed ?? 0) + uncounted.failed.length + newFailed.length - ignored.size,
    completedIndexes,
    failedIndexes: failedIndexes(job, { newFailed, verdicts, completedIndexes, completions }),
    countedSucceeded: uncounted.succeeded.filter((uid) => !tracked.has(uid)),
    countedFailed: uncounted.failed.filter((uid) => !tracked.has(uid)),
  };
}

function failedIndexes(
  job: Job,
  found: {
    readonly newFailed: readonly Pod[];
    readonly verdicts: ReadonlyMap<Pod, PolicyMatch | undefined>;
    readonly completedIndexes: ReadonlySet<number>;
    readonly completions: number;
  },
): ReadonlySet<number> {
  const limit = job.spec?.backoffLimitPerIndex;
  if (limit === undefined) return new Set();
  const indexes = parseIndexes(job.status?.failedIndexes, found.completions);
  for (const pod of found.newFailed) {
    const action = found.verdicts.get(pod)?.action;
    if (action === 'FailIndex' || (action !== 'Ignore' && failureCountOf(pod) >= limit)) indexes.add(indexOf(pod));
  }
  for (const index of found.completedIndexes) indexes.delete(index);
  return indexes;
}

/** How a Job ends, or is about to end. */
export interface Outcome {
  readonly type: 'SuccessCriteriaMet' | 'FailureTarget';
  readonly reason: string;
  readonly message: string;
}

const reached = { type: 'SuccessCriteriaMet', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' } as const;

/** Whether the Job has come to its end, one way or the other; what was decided before stays. Pure. */
export function decideOutcome(job: Job, facts: JobFacts, nowMs: number): Outcome | undefined {
  for (const type of ['FailureTarget', 'SuccessCriteriaMet'] as const) {
    const present = jobCondition(job, type);
    if (present !== undefined) return { type, reason: present.reason ?? '', message: present.message ?? '' };
  }
  const failure = (reason: string, message: string): Outcome => ({ type: 'FailureTarget', reason, message });
  if (facts.failJob !== undefined) return failure('PodFailurePolicy', facts.failJob.message);
  const success = successPolicyOutcome(job, facts);
  if (success !== undefined) return success;
  const limit = job.spec?.backoffLimit ?? 6;
  if (facts.failed > limit || restartsExceed(job, facts.active, limit))
    return failure('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  const startMs = parseTime(job.status?.startTime);
  const deadline = job.spec?.activeDeadlineSeconds;
  if (deadline !== undefined && startMs !== undefined && !isSuspended(job) && nowMs - startMs >= deadline * 1000) {
    return failure('DeadlineExceeded', 'Job was active longer than specified deadline');
  }
  return indexOutcome(job, facts) ?? completion(job, facts);
}

function completion(job: Job, facts: JobFacts): Outcome | undefined {
  const completions = job.spec?.completions;
  if (completions === undefined) return facts.succeeded > 0 && facts.active.length === 0 ? reached : undefined;
  // What runs beyond the count is deleted first.
  return facts.succeeded >= completions && facts.active.length === 0 ? reached : undefined;
}

function indexOutcome(job: Job, facts: JobFacts): Outcome | undefined {
  if (job.spec?.backoffLimitPerIndex === undefined || facts.failedIndexes.size === 0) return undefined;
  const max = job.spec.maxFailedIndexes;
  if (max !== undefined && facts.failedIndexes.size > max) {
    return { type: 'FailureTarget', reason: 'MaxFailedIndexesExceeded', message: 'Job has exceeded the specified maximal number of failed indexes' };
  }
  const done = facts.failedIndexes.size + facts.completedIndexes.size >= (job.spec.completions ?? 0);
  return done ? { type: 'FailureTarget', reason: 'FailedIndexes', message: 'Job has failed indexes' } : undefined;
}

/** With restartPolicy OnFailure containers fail without their pod failing. */
function restartsExceed(job: Job, active: readonly Pod[], limit: number): boolean {
  if (job.spec?.template.spec?.restartPolicy !== 'OnFailure') return false;
  const running = active.filter((p) => p.status?.phase === 'Running' || p.status?.phase === 'Pending');
  const restarts = running
    .flatMap((p) => [...(p.status?.containerStatuses ?? []), ...(p.status?.initContainerStatuses ?? [])])
    .reduce((n, s) => n + s.restartCount, 0);
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

function successPolicyOutcome(job: Job, facts: JobFacts): Outcome | undefined {
  if (!isIndexed(job)) return undefined;
  for (const [i, rule] of (job.spec?.successPolicy?.rules ?? []).entries()) {
    const message = `Matched rules at index ${i}`;
    const wanted = rule.succeededIndexes === undefined ? undefined : parseIndexes(rule.succeededIndexes, job.spec?.completions ?? 0);
    const met = wanted === undefined ? facts.completedIndexes : wanted.intersection(facts.completedIndexes);
    if (met.size >= (rule.succeededCount ?? wanted?.size ?? Infinity)) return { type: 'SuccessCriteriaMet', reason: 'SuccessPolicy', message };
  }
  return undefined;
}

export interface PodWork {
  /** Completion indexes of pods to create; -1 for each of a Job without indexes. */
  readonly create: readonly number[];
  readonly delete: readonly Pod[];
}

/** The pods to create and delete. Pure. */
export function planPods(job: Job, facts: JobFacts, options: { readonly outcome: Outcome | undefined; readonly nowMs: number }): PodWork {
  if (options.outcome !== undefined || isSuspended(job)) return { create: [], delete: facts.active };
  const { active } = facts;
  const wanted = wantActive(job, facts);
  const surplus = surplusPods(job, facts);
  const excess = active.length - surplus.length - wanted;
  if (surplus.length > 0 || excess > 0) {
    const rest = active.filter((p) => !surplus.includes(p));
    const more = excess > 0 ? podsToDelete(rest, excess, { siblings: rest, nowMs: options.nowMs }) : [];
    return { create: [], delete: [...surplus, ...more].slice(0, maxPodsPerSync) };
  }
  const waiting = onlyReplaceFailed(job) ? facts.terminating : 0;
  const count = Math.min(maxPodsPerSync, wanted - waiting - active.length);
  if (count <= 0) return { create: [], delete: [] };
  if (!isIndexed(job)) return { create: Array.from({ length: count }, () => -1), delete: [] };
  const running = new Set(active.map(indexOf));
  return { create: firstPending(count, job.spec?.completions ?? 0, [facts.completedIndexes, facts.failedIndexes, running]), delete: [] };
}

function wantActive(job: Job, facts: JobFacts): number {
  const parallelism = job.spec?.parallelism ?? 1;
  const completions = job.spec?.completions;
  if (completions === undefined) return facts.succeeded > 0 ? Math.min(parallelism, facts.active.length) : parallelism;
  return Math.max(0, Math.min(parallelism, completions - facts.succeeded - facts.failedIndexes.size));
}

/** Pods of an index that has another, is done, or does not exist. */
function surplusPods(job: Job, facts: JobFacts): readonly Pod[] {
  if (!isIndexed(job)) return [];
  const seen = new Set<number>();
  return facts.active.filter((pod) => {
    const index = indexOf(pod);
    const extra =
      index < 0 || index >= (job.spec?.completions ?? 0) || seen.has(index) || facts.completedIndexes.has(index) || facts.failedIndexes.has(index);
    seen.add(index);
    return extra;
  });
}
