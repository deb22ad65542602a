/** job-controller: runs pods to completion. Plans, outcomes and statuses are pure; here they are carried out. */
import { controllerOf, controllerRef, isPodActive, type Job, type JobStatus, type Pod } from '../../api/index.ts';
import { formatTime, isNotFound, parseTime } from '../../apimachinery/index.ts';
import { byControllerUid, controllerUidIndex, keyOf, type Lister, type ObjectKey } from '../../client/index.ts';
import { claimObjects } from '../claim.ts';
import type { Change, Controller, ControllerContext, Reconciler, Result } from '../controller.ts';
import { Expectations } from '../expectations.ts';
import { selectorMatches } from '../label-selector.ts';
import { createPod, deletePod, isNamespaceTerminating } from '../pod-control.ts';
import { same } from '../same.ts';
import { slowStartBatch } from '../slow-start.ts';
import { JobBackoff } from './backoff.ts';
import { failureCountOf, hasTracking, indexOf, isFinished, isSuspended, jobCondition, jobKind, trackingFinalizer } from './model.ts';
import { decideOutcome, gatherFacts, type JobFacts, type Outcome, planPods, type PodWork } from './plan.ts';
import { jobPod } from './pod.ts';
import { finalStatus, nextStatus } from './status.ts';

const managedBySelf = 'kubernetes.io/job-controller';

export const jobController: Controller = {
  name: 'job-controller',
  serviceAccount: 'job-controller',
  ownerKind: 'Job',
  watches: [
    { resource: 'jobs', mapToKey: 'self' },
    { resource: 'pods', mapToKey: 'custom' },
  ],
  start: (context) => new Jobs(context),
};

class Jobs implements Reconciler {
  readonly #context: ControllerContext;
  readonly #jobs: Lister<Job>;
  readonly #pods: Lister<Pod>;
  readonly #expectations: Expectations;
  readonly #backoff = new JobBackoff();
  readonly map: NonNullable<Reconciler['map']>;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#jobs = context.lister<Job>('jobs');
    this.#pods = context.lister<Pod>('pods');
    context.informers.informer('pods').addIndexer(controllerUidIndex, byControllerUid);
    this.#expectations = new Expectations(context.clock);
    this.map = { pods: (change) => this.#podChanged(change as Change<Pod>) };
  }

  observe(resource: string, { type, object }: Change): void {
    const uid = object.metadata?.uid ?? '';
    if (resource === 'jobs') {
      if (type !== 'delete') return;
      this.#expectations.forget(uid);
      this.#backoff.forget(uid);
      return;
    }
    const owner = controllerOf(object);
    if (owner?.kind !== 'Job') return;
    if (type === 'add') this.#expectations.creationObserved(owner.uid);
    if (type === 'delete' || object.metadata?.deletionTimestamp !== undefined) this.#expectations.deletionObserved(owner.uid, uid);
  }

  #podChanged({ type, object, old }: Change<Pod>): readonly ObjectKey[] {
    const namespace = object.metadata?.namespace ?? '';
    const keys = [object, ...(old === undefined ? [] : [old])].flatMap((pod) => {
      const ref = controllerOf(pod);
      return ref?.kind === 'Job' ? [{ namespace, name: ref.name }] : [];
    });
    if (type === 'delete' || controllerOf(object) !== undefined) return keys;
    const candidates = this.#jobs.list(namespace).filter((j) => selectorMatches(j.spec?.selector, object.metadata?.labels));
    return [...keys, ...candidates.map(keyOf)];
  }

  async reconcile(key: ObjectKey, signal: AbortSignal): Promise<Result> {
    const cached = this.#jobs.get(key);
    await this.#releaseOrphans(key, cached, signal);
    if (cached === undefined || (cached.spec?.managedBy ?? managedBySelf) !== managedBySelf) return;
    const job: Job = { ...cached, ...jobKind };
    if (isFinished(job)) return await this.#release(this.#own(job).filter(hasTracking), signal);
    if ((job.spec?.completionMode ?? 'NonIndexed') !== 'NonIndexed' && job.spec?.completionMode !== 'Indexed') {
      this.#context.recorder.event(job, 'Warning', 'UnknownCompletionMode', 'Skipped Job sync because completion mode is unknown');
      return;
    }
    const settled = this.#expectations.satisfied(job.metadata?.uid ?? '');
    const pods = await this.#claim(job, signal);
    return await this.#sync(job, pods, { settled, signal });
  }

  #own(job: Job): readonly Pod[] {
    return this.#pods.byIndex(controllerUidIndex, job.metadata?.uid ?? '');
  }

  #claim(job: Job, signal: AbortSignal): Promise<readonly Pod[]> {
    const { client } = this.#context;
    const orphans = this.#pods.byIndex(controllerUidIndex, '').filter((p) => p.metadata?.namespace === job.metadata?.namespace && isPodActive(p));
    return claimObjects([...this.#own(job), ...orphans], {
      owner: job,
      ref: controllerRef(job, jobKind),
      matches: (pod) => selectorMatches(job.spec?.selector, pod.metadata?.labels),
      client: client.resource<Pod>('pods'),
      liveOwner: () => client.resource('jobs').get(keyOf(job), { signal }),
      finalizers: [trackingFinalizer],
      signal,
    });
  }

  async #sync(job: Job, pods: readonly Pod[], { settled, signal }: { readonly settled: boolean; readonly signal: AbortSignal }): Promise<Result> {
    const { clock } = this.#context;
    const nowMs = clock.now();
    const uid = job.metadata?.uid ?? '';
    const facts = gatherFacts(job, pods);
    const outcome = decideOutcome(job, facts, nowMs);
    this.#backoff.record(uid, { succeeded: facts.newSucceeded, failed: facts.newFailed, nowMs });
    let waitMs = 0;
    let done = { created: 0, deleted: 0, error: undefined as unknown };
    if (settled && job.metadata?.deletionTimestamp === undefined) {
      const work = planPods(job, facts, { outcome, nowMs });
      waitMs = work.create.length > 0 ? this.#backoff.remainingMs(uid, nowMs) : 0;
      done = await this.#carryOut(job, waitMs > 0 ? { ...work, create: [] } : work, { pods, signal });
    }
    await this.#record(job, { facts, outcome, ...done, signal });
    if (done.error !== undefined && !isNamespaceTerminating(done.error)) throw done.error;
    return soonest(waitMs > 0 ? waitMs : undefined, deadlineMs(job, nowMs));
  }

  async #carryOut(
    job: Job,
    work: PodWork,
    { pods, signal }: { readonly pods: readonly Pod[]; readonly signal: AbortSignal },
  ): Promise<{ created: number; deleted: number; error: unknown }> {
    const { client, recorder } = this.#context;
    const io = { client, recorder, signal };
    const uid = job.metadata?.uid ?? '';
    this.#expectations.expectDeletions(
      uid,
      work.delete.map((p) => p.metadata?.uid ?? ''),
    );
    const deleted = await Promise.allSettled(
      work.delete.map(async (pod) => {
        const result = await deletePod(pod, job, io).catch((error: unknown) => {
          this.#expectations.deletionObserved(uid, pod.metadata?.uid ?? '');
          throw error;
        });
        if (result === 'gone') this.#expectations.deletionObserved(uid, pod.metadata?.uid ?? '');
      }),
    );
    this.#expectations.expectCreations(uid, work.create.length);
    const { successes, error } = await slowStartBatch(work.create.length, 1, async (i) => {
      const index = work.create[i] ?? -1;
      const failures = pods.filter((p) => index >= 0 && indexOf(p) === index).map((p) => failureCountOf(p) + 1);
      await createPod(jobPod(job, index, Math.max(0, ...failures)), job, io);
    });
    for (let i = successes; i < work.create.length; i++) this.#expectations.creationObserved(uid);
    const failed = deleted.find((r) => r.status === 'rejected');
    return { created: successes, deleted: deleted.filter((r) => r.status === 'fulfilled').length, error: error ?? failed?.reason };
  }

  async #record(
    job: Job,
    input: {
      readonly facts: JobFacts;
      readonly outcome: Outcome | undefined;
      readonly created: number;
      readonly deleted: number;
      readonly signal: AbortSignal;
    },
  ): Promise<void> {
    const { clock, recorder } = this.#context;
    const now = formatTime(clock.now());
    const { facts, outcome, signal } = input;
    const status = nextStatus(job, { ...input, now });
    const noted = jobCondition(job, outcome?.type ?? '') !== undefined;
    // The decision is written before the end: whoever waits for it sees why the pods go.
    const end = noted || outcome === undefined ? finalStatus(status, outcome, now) : undefined;
    const wasSuspended = jobCondition(job, 'Suspended') !== undefined;
    if (!same(normal(job.status), normal(end ?? status))) {
      await this.#context.client.resource<Job>('jobs').updateStatus({ ...job, status: end ?? status }, { signal });
      if (outcome === undefined && wasSuspended !== isSuspended(job)) {
        recorder.event(job, 'Normal', isSuspended(job) ? 'Suspended' : 'Resumed', isSuspended(job) ? 'Job suspended' : 'Job resumed');
      }
    }
    if (end !== undefined && outcome !== undefined) {
      if (outcome.type === 'SuccessCriteriaMet') recorder.event(job, 'Normal', 'Completed', 'Job completed');
      else recorder.event(job, 'Warning', outcome.reason, outcome.message);
    }
    const uncounted = new Set([...(status.uncountedTerminatedPods?.succeeded ?? []), ...(status.uncountedTerminatedPods?.failed ?? [])]);
    const recorded = [...this.#own(job), ...facts.newSucceeded].filter((p) => hasTracking(p) && uncounted.has(p.metadata?.uid ?? ''));
    await this.#release([...new Set([...recorded, ...facts.newSucceeded, ...facts.newFailed])], signal);
  }

  /** Pods whose Job is gone must not be kept by its finalizer. */
  async #releaseOrphans(key: ObjectKey, job: Job | undefined, signal: AbortSignal): Promise<void> {
    const left = this.#pods.list(key.namespace).filter((pod) => {
      const ref = controllerOf(pod);
      return ref?.kind === 'Job' && ref.name === key.name && ref.uid !== job?.metadata?.uid && hasTracking(pod);
    });
    await this.#release(left, signal);
  }

  async #release(pods: readonly Pod[], signal: AbortSignal): Promise<void> {
    const client = this.#context.client.resource<Pod>('pods');
    const patches = pods.map(async (pod) => {
      const finalizers = (pod.metadata?.finalizers ?? []).filter((f) => f !== trackingFinalizer);
      const { uid, resourceVersion } = pod.metadata ?? {};
      try {
        await client.patch(
          keyOf(pod),
          'merge',
          { metadata: { uid, resourceVersion, finalizers: finalizers.length === 0 ? null : finalizers } },
          { signal },
        );
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    });
    const failed = (await Promise.allSettled(patches)).find((r) => r.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}

function deadlineMs(job: Job, nowMs: number): number | undefined {
  const seconds = job.spec?.activeDeadlineSeconds;
  if (seconds === undefined || isSuspended(job)) return undefined;
  return Math.max(0, (parseTime(job.status?.startTime) ?? nowMs) + seconds * 1000 - nowMs);
}

function soonest(...delays: readonly (number | undefined)[]): Result {
  const given = delays.filter((d) => d !== undefined);
  return given.length === 0 ? undefined : { requeueAfterMs: Math.min(...given) };
}

/** Zero counts and empty lists are absent on the wire. */
function normal(status: JobStatus | undefined): unknown {
  const isEmpty = (v: unknown) => v === 0 || v === '' || v === undefined || (Array.isArray(v) && v.length === 0);
  return Object.fromEntries(Object.entries(status ?? {}).filter(([, v]) => !isEmpty(v)));
}
