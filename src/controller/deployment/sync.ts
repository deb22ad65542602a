import { errorText } from '../../base/index.ts';
import {
  controllerRef,
  isControlledBy,
  isPodTerminal,
  podTemplateHash,
  type Deployment,
  type DeploymentStatus,
  type Pod,
  type ReplicaSet,
} from '../../api/index.ts';
import { formatTime, getKey, isAlreadyExists } from '../../apimachinery/index.ts';
import { controllerUidIndex, keyOf, type Lister } from '../../client/index.ts';
import { claimObjects } from '../claim.ts';
import type { ControllerContext, Result } from '../controller.ts';
import { selectorMatches, selectsEverything } from '../label-selector.ts';
import { isNamespaceTerminating } from '../pod-control.ts';
import { same } from '../same.ts';
import {
  annotation,
  equalIgnoringHash,
  findNewReplicaSet,
  hashLabel,
  isRolling,
  nameOf,
  progressDeadlineMs,
  replicasOf,
  revisionHistoryLimit,
  revisionOf,
  totalActual,
} from './model.ts';
import { newSetAnnotations, sizeAnnotations } from './revision.ts';
import { isScalingEvent, newSetReplicas, planCleanup, planRecreateDown, planRolling, planScale, type Scale, type Sets } from './scaling.ts';
import { calculateStatus, condition, deadlineCheckMs, findCondition, isComplete, rolloutStatus, setCondition } from './status.ts';

const deploymentKind = { apiVersion: 'apps/v1', kind: 'Deployment' };

/** One pass over one Deployment. */
export class DeploymentSync {
  readonly #context: ControllerContext;
  readonly #replicaSets: Lister<ReplicaSet>;
  readonly #pods: Lister<Pod>;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#replicaSets = context.lister<ReplicaSet>('replicasets');
    this.#pods = context.lister<Pod>('pods');
  }

  async sync(cached: Deployment, signal: AbortSignal): Promise<Result> {
    let d: Deployment = { ...cached, ...deploymentKind };
    if (selectsEverything(d.spec?.selector)) {
      this.#context.recorder.event(d, 'Warning', 'SelectingAll', 'This deployment is selecting all pods. A non-empty selector is required.');
      if ((d.status?.observedGeneration ?? 0) < (d.metadata?.generation ?? 0)) {
        await this.#writeStatus(d, { ...d.status, observedGeneration: d.metadata?.generation ?? 0 }, signal);
      }
      return;
    }
    const owned = await this.#claim(d, signal);
    if (d.metadata?.deletionTimestamp !== undefined) {
      const sets = await this.#sets(d, owned, { create: false, signal });
      return await this.#writeStatus(sets.d, calculateStatus(sets.d, sets, this.#now()), signal);
    }
    d = await this.#pausedConditions(d, signal);
    const found = await this.#sets(d, owned, { create: false, signal, readOnly: true });
    if (d.spec?.paused === true || isScalingEvent(d, found)) return await this.#resize(d, owned, signal);
    return isRolling(d) ? await this.#rolling(d, owned, signal) : await this.#recreate(d, owned, signal);
  }

  #now(): string {
    return formatTime(this.#context.clock.now());
  }

  #claim(d: Deployment, signal: AbortSignal): Promise<readonly ReplicaSet[]> {
    const { client } = this.#context;
    const own = this.#replicaSets.byIndex(controllerUidIndex, d.metadata?.uid ?? '');
    const orphans = this.#replicaSets.byIndex(controllerUidIndex, '').filter((rs) => rs.metadata?.namespace === d.metadata?.namespace);
    return claimObjects([...own, ...orphans], {
      owner: d,
      ref: controllerRef(d, deploymentKind),
      matches: (rs) => selectorMatches(d.spec?.selector, rs.metadata?.labels),
      client: client.resource<ReplicaSet>('replicasets'),
      liveOwner: () => client.resource('deployments').get(keyOf(d), { signal }),
      signal,
    });
  }

  /** A pause is no stand-still: its condition keeps the deadline from running. */
  async #pausedConditions(d: Deployment, signal: AbortSignal): Promise<Deployment> {
    if (progressDeadlineMs(d) === undefined) return d;
    const current = findCondition(d.status?.conditions, 'Progressing');
    if (current?.reason === 'ProgressDeadlineExceeded') return d;
    const pausedBefore = current?.reason === 'DeploymentPaused';
    const paused = d.spec?.paused === true;
    if (paused === pausedBefore) return d;
    const next = paused
      ? condition('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused', this.#now())
      : condition('Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed', this.#now());
    return await this.#update(d, { status: { ...d.status, conditions: setCondition(d.status?.conditions ?? [], next) } }, signal);
  }

  async #resize(d: Deployment, owned: readonly ReplicaSet[], signal: AbortSignal): Promise<Result> {
    const sets = await this.#sets(d, owned, { create: false, signal });
    const scaled = await this.#scaleAll(sets.d, planScale(sets.d, sets), signal);
    if (sets.d.spec?.paused === true) await this.#cleanup(sets.d, sets.oldSets, signal);
    const after = applyScaled(sets, scaled);
    await this.#writeStatus(sets.d, calculateStatus(sets.d, after, this.#now()), signal);
  }

  async #rolling(d: Deployment, owned: readonly ReplicaSet[], signal: AbortSignal): Promise<Result> {
    const sets = await this.#sets(d, owned, { create: true, signal });
    if (sets.newSet === undefined) return;
    const scaled = await this.#scaleAll(sets.d, planRolling(sets.d, { ...sets, newSet: sets.newSet }), signal);
    if (scaled.length === 0 && isComplete(sets.d, sets.d.status ?? {})) await this.#cleanup(sets.d, sets.oldSets, signal);
    return await this.#rolloutStatus(sets.d, applyScaled(sets, scaled), signal);
  }

  async #recreate(d: Deployment, owned: readonly ReplicaSet[], signal: AbortSignal): Promise<Result> {
    let sets = await this.#sets(d, owned, { create: false, signal });
    const down = await this.#scaleAll(sets.d, planRecreateDown(sets), signal);
    if (down.length > 0) return await this.#rolloutStatus(sets.d, applyScaled(sets, down), signal);
    if (this.#oldPodsRunning(sets)) return await this.#rolloutStatus(sets.d, sets, signal);
    if (sets.newSet === undefined) sets = await this.#sets(sets.d, owned, { create: true, signal });
    if (sets.newSet === undefined) return;
    const wanted = replicasOf(sets.d);
    const up = replicasOf(sets.newSet) === wanted ? [] : await this.#scaleAll(sets.d, [{ set: sets.newSet, replicas: wanted }], signal);
    if (isComplete(sets.d, sets.d.status ?? {})) await this.#cleanup(sets.d, sets.oldSets, signal);
    return await this.#rolloutStatus(sets.d, applyScaled(sets, up), signal);
  }

  #oldPodsRunning(sets: Sets): boolean {
    if (totalActual(sets.oldSets) > 0) return true;
    return sets.oldSets.some((rs) => this.#pods.byIndex(controllerUidIndex, rs.metadata?.uid ?? '').some((pod) => !isPodTerminal(pod)));
  }

  /** Tells the new set from the old ones, keeps revisions, and makes the new set where asked. */
  async #sets(
    d: Deployment,
    owned: readonly ReplicaSet[],
    options: { readonly create: boolean; readonly signal: AbortSignal; readonly readOnly?: boolean },
  ): Promise<Sets & { readonly d: Deployment }> {
    const found = findNewReplicaSet(d, owned);
    const oldSets = owned.filter((rs) => rs.metadata?.uid !== found?.metadata?.uid);
    if (options.readOnly === true) return { d, newSet: found, oldSets };
    const revision = Math.max(0, ...oldSets.map(revisionOf)) + 1;
    if (found === undefined) {
      return options.create ? await this.#create(d, { oldSets, revision, signal: options.signal }) : { d, newSet: undefined, oldSets };
    }
    const newSet = await this.#syncNewSet(d, found, { revision, signal: options.signal });
    const conditions = d.status?.conditions ?? [];
    const missing = progressDeadlineMs(d) !== undefined && findCondition(conditions, 'Progressing') === undefined;
    const message = `Found new replica set ${JSON.stringify(nameOf(newSet))}`;
    const next = missing ? setCondition(conditions, condition('Progressing', 'True', 'FoundNewReplicaSet', message, this.#now())) : conditions;
    return { d: await this.#withRevision(d, { revision: revisionOf(newSet), conditions: next }, options.signal), newSet, oldSets };
  }

  async #syncNewSet(
    d: Deployment,
    set: ReplicaSet,
    { revision, signal }: { readonly revision: number; readonly signal: AbortSignal },
  ): Promise<ReplicaSet> {
    const annotations = newSetAnnotations(d, set, { revision, isNew: false });
    const minReadySeconds = d.spec?.minReadySeconds ?? 0;
    if (annotations === (set.metadata?.annotations ?? annotations) && (set.spec?.minReadySeconds ?? 0) === minReadySeconds) return set;
    return await this.#context.client
      .resource<ReplicaSet>('replicasets')
      .update({ ...set, metadata: { ...set.metadata, annotations }, spec: { ...set.spec!, minReadySeconds } }, { signal });
  }

  async #create(
    d: Deployment,
    { oldSets, revision, signal }: { readonly oldSets: readonly ReplicaSet[]; readonly revision: number; readonly signal: AbortSignal },
  ): Promise<Sets & { readonly d: Deployment }> {
    const { client, recorder } = this.#context;
    const desired = this.#newSet(d, { oldSets, revision });
    const deadline = progressDeadlineMs(d) !== undefined;
    const conditions = d.status?.conditions ?? [];
    try {
      const newSet = await client.resource<ReplicaSet>('replicasets').create(desired, { signal });
      const size = replicasOf(newSet);
      if (size > 0) recorder.event(d, 'Normal', 'ScalingReplicaSet', `Scaled up replica set ${nameOf(newSet)} from 0 to ${size}`);
      const message = `Created new replica set ${JSON.stringify(nameOf(newSet))}`;
      const next = deadline ? setCondition(conditions, condition('Progressing', 'True', 'NewReplicaSetCreated', message, this.#now())) : conditions;
      return { d: await this.#withRevision(d, { revision, conditions: next }, signal), newSet, oldSets };
    } catch (error) {
      if (isAlreadyExists(error)) return await this.#nameTaken(d, desired, { oldSets, revision, signal, error });
      if (isNamespaceTerminating(error)) return { d, newSet: undefined, oldSets };
      const message = `Failed to create new replica set ${JSON.stringify(nameOf(desired))}: ${errorText(error)}`;
      if (deadline) {
        const next = setCondition(conditions, condition('Progressing', 'False', 'ReplicaSetCreateError', message, this.#now()));
        await this.#writeStatus(d, { ...d.status, conditions: next }, signal);
      }
      recorder.event(d, 'Warning', 'ReplicaSetCreateError', message);
      throw error;
    }
  }

  /** The name is our own of a moment ago, which the cache does not show yet, or another template's: then the hash must change. */
  async #nameTaken(
    d: Deployment,
    desired: ReplicaSet,
    context: { readonly oldSets: readonly ReplicaSet[]; readonly revision: number; readonly signal: AbortSignal; readonly error: unknown },
  ): Promise<Sets & { readonly d: Deployment }> {
    const { oldSets, revision, signal, error } = context;
    const present = await this.#context.client.resource<ReplicaSet>('replicasets').get(keyOf(desired), { signal });
    if (isControlledBy(present, d) && equalIgnoringHash(present.spec?.template, d.spec?.template)) {
      return { d: await this.#withRevision(d, { revision, conditions: d.status?.conditions ?? [] }, signal), newSet: present, oldSets };
    }
    await this.#writeStatus(d, { ...d.status, collisionCount: (d.status?.collisionCount ?? 0) + 1 }, signal);
    throw error;
  }

  #newSet(d: Deployment, { oldSets, revision }: { readonly oldSets: readonly ReplicaSet[]; readonly revision: number }): ReplicaSet {
    const template = d.spec?.template ?? {};
    const hash = podTemplateHash(template, d.status?.collisionCount);
    const labels = { ...template.metadata?.labels, [hashLabel]: hash };
    const bare: ReplicaSet = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `${nameOf(d)}-${hash}`,
        namespace: d.metadata?.namespace ?? '',
        labels,
        ownerReferences: [controllerRef(d, deploymentKind)],
      },
      spec: {
        replicas: 0,
        minReadySeconds: d.spec?.minReadySeconds ?? 0,
        selector: { ...d.spec?.selector, matchLabels: { ...d.spec?.selector.matchLabels, [hashLabel]: hash } },
        template: { ...template, metadata: { ...template.metadata, labels } },
      },
    };
    const annotations = newSetAnnotations(d, bare, { revision, isNew: true });
    return { ...bare, metadata: { ...bare.metadata, annotations }, spec: { ...bare.spec!, replicas: newSetReplicas(d, [...oldSets, bare], 0) } };
  }

  async #scaleAll(d: Deployment, scales: readonly Scale[], signal: AbortSignal): Promise<readonly ReplicaSet[]> {
    const changed: ReplicaSet[] = [];
    for (const { set, replicas } of scales) {
      const from = replicasOf(set);
      const sizes = sizeAnnotations(d);
      const stale = Object.entries(sizes).some(([key, value]) => getKey(set.metadata?.annotations, key) !== value);
      if (from === replicas && !stale) continue;
      const annotations = { ...set.metadata?.annotations, ...sizes };
      const next = { ...set, metadata: { ...set.metadata, annotations }, spec: { ...set.spec!, replicas } };
      changed.push(await this.#context.client.resource<ReplicaSet>('replicasets').update(next, { signal }));
      if (from === replicas) continue;
      const word = replicas > from ? 'up' : 'down';
      this.#context.recorder.event(d, 'Normal', 'ScalingReplicaSet', `Scaled ${word} replica set ${nameOf(set)} from ${from} to ${replicas}`);
    }
    return changed;
  }

  async #cleanup(d: Deployment, oldSets: readonly ReplicaSet[], signal: AbortSignal): Promise<void> {
    for (const set of planCleanup(d, oldSets, revisionHistoryLimit(d))) {
      await this.#context.client.resource('replicasets').delete(keyOf(set), { signal });
    }
  }

  async #rolloutStatus(d: Deployment, sets: Sets, signal: AbortSignal): Promise<Result> {
    const nowMs = this.#context.clock.now();
    const status = rolloutStatus(d, sets, { nowMs, now: this.#now() });
    await this.#writeStatus(d, status, signal);
    const requeueAfterMs = deadlineCheckMs(d, status, nowMs);
    return requeueAfterMs === undefined ? undefined : { requeueAfterMs };
  }

  async #withRevision(
    d: Deployment,
    { revision, conditions }: { readonly revision: number; readonly conditions: NonNullable<DeploymentStatus['conditions']> },
    signal: AbortSignal,
  ): Promise<Deployment> {
    const text = String(revision);
    if (getKey(d.metadata?.annotations, annotation.revision) === text && conditions === (d.status?.conditions ?? conditions)) return d;
    const annotations = { ...d.metadata?.annotations, [annotation.revision]: text };
    return await this.#update({ ...d, metadata: { ...d.metadata, annotations } }, { status: { ...d.status, conditions } }, signal);
  }

  /** Annotations go with the status, as upstream's controller writes them: the generation stays. */
  async #update(d: Deployment, { status }: { readonly status: DeploymentStatus }, signal: AbortSignal): Promise<Deployment> {
    const written = await this.#context.client.resource<Deployment>('deployments').updateStatus({ ...d, status }, { signal });
    return { ...written, ...deploymentKind };
  }

  async #writeStatus(d: Deployment, status: DeploymentStatus, signal: AbortSignal): Promise<void> {
    if (!same(normal(d.status), normal(status))) await this.#update(d, { status }, signal);
  }
}

/** Zero counts are absent on the wire. */
function normal(status: DeploymentStatus | undefined): unknown {
  return Object.fromEntries(Object.entries(status ?? {}).filter(([, v]) => v !== 0));
}

function applyScaled(sets: Sets, scaled: readonly ReplicaSet[]): Sets {
  const latest = (rs: ReplicaSet) => scaled.find((s) => s.metadata?.uid === rs.metadata?.uid) ?? rs;
  return { newSet: sets.newSet && latest(sets.newSet), oldSets: sets.oldSets.map(latest) };
}
