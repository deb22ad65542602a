import { errorText } from '../base/index.ts';
import {
  controllerOf,
  controllerRef,
  isPodActive,
  isPodReady,
  type LabelSelector,
  type Pod,
  type PodTemplateSpec,
  type ReplicaSet,
  type ReplicaSetStatus,
  type ReplicationController,
} from '../api/index.ts';
import { formatTime, type KubeObject } from '../apimachinery/index.ts';
import { byControllerUid, controllerUidIndex, keyOf, type Lister, type ObjectKey } from '../client/index.ts';
import { claimObjects } from './claim.ts';
import type { Change, Controller, ControllerContext, Reconciler, Result } from './controller.ts';
import { Expectations } from './expectations.ts';
import { mapMatches, selectorMatches } from './label-selector.ts';
import { createPod, deletePod, isNamespaceTerminating, podFromTemplate } from './pod-control.ts';
import { planReplicas, replicaStatus, sameReplicaStatus } from './replica-plan.ts';
import { slowStartBatch } from './slow-start.ts';

/** ReplicaSets and ReplicationControllers keep counts alike; this says where they differ. */
interface Flavour<T extends KubeObject> {
  readonly name: string;
  readonly resource: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly view: (object: T) => View;
  readonly withStatus: (object: T, status: ReplicaSetStatus) => T;
}

interface View {
  readonly replicas: number;
  readonly minReadySeconds: number;
  readonly template: PodTemplateSpec;
  readonly selects: (labels: Readonly<Record<string, string>> | undefined) => boolean;
  readonly status: ReplicaSetStatus | undefined;
}

const everySelector: LabelSelector = {};

export const replicaSetController = replicaController<ReplicaSet>({
  name: 'replicaset-controller',
  resource: 'replicasets',
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  view: (rs) => ({
    replicas: rs.spec?.replicas ?? 1,
    minReadySeconds: rs.spec?.minReadySeconds ?? 0,
    template: rs.spec?.template ?? {},
    selects: (labels) => selectorMatches(rs.spec?.selector ?? everySelector, labels),
    status: rs.status,
  }),
  withStatus: (rs, status) => ({ ...rs, status }),
});

export const replicationControllerController = replicaController<ReplicationController>({
  name: 'replication-controller',
  resource: 'replicationcontrollers',
  apiVersion: 'v1',
  kind: 'ReplicationController',
  view: (rc) => ({
    replicas: rc.spec?.replicas ?? 1,
    minReadySeconds: rc.spec?.minReadySeconds ?? 0,
    template: rc.spec?.template ?? {},
    selects: (labels) => mapMatches(rc.spec?.selector, labels),
    status: rc.status,
  }),
  withStatus: (rc, { terminatingReplicas: _none, ...status }) => ({ ...rc, status }),
});

function replicaController<T extends KubeObject>(flavour: Flavour<T>): Controller {
  return {
    name: flavour.name,
    serviceAccount: flavour.name,
    ownerKind: flavour.kind,
    watches: [
      { resource: flavour.resource, mapToKey: 'self' },
      { resource: 'pods', mapToKey: 'custom' },
    ],
    start: (context) => new ReplicaReconciler(flavour, context),
  };
}

class ReplicaReconciler<T extends KubeObject> implements Reconciler {
  readonly #flavour: Flavour<T>;
  readonly #context: ControllerContext;
  readonly #owners: Lister<T>;
  readonly #pods: Lister<Pod>;
  readonly #expectations: Expectations;
  readonly map: Readonly<Record<string, (change: Change) => readonly ObjectKey[]>>;

  constructor(flavour: Flavour<T>, context: ControllerContext) {
    this.#flavour = flavour;
    this.#context = context;
    this.#owners = context.lister<T>(flavour.resource);
    this.#pods = context.lister<Pod>('pods');
    context.informers.informer('pods').addIndexer(controllerUidIndex, byControllerUid);
    context.informers.informer(flavour.resource).addIndexer(controllerUidIndex, byControllerUid);
    this.#expectations = new Expectations(context.clock);
    this.map = { pods: (change) => this.#podChanged(change as Change<Pod>) };
  }

  observe(resource: string, change: Change): void {
    if (resource === this.#flavour.resource) {
      if (change.type === 'delete') this.#expectations.forget(change.object.metadata?.uid ?? '');
      return;
    }
    const owner = controllerOf(change.object);
    if (owner?.kind !== this.#flavour.kind) return;
    if (change.type === 'add') this.#expectations.creationObserved(owner.uid);
    // A pod that is going counts as deleted: its replacement need not wait for its end.
    if (change.type === 'delete' || change.object.metadata?.deletionTimestamp !== undefined) {
      this.#expectations.deletionObserved(owner.uid, change.object.metadata?.uid ?? '');
    }
  }

  #podChanged({ type, object, old }: Change<Pod>): readonly ObjectKey[] {
    const keys = [object, ...(old === undefined ? [] : [old])].flatMap((pod) => this.#ownerOf(pod) ?? []);
    if (controllerOf(object) === undefined && type !== 'delete') {
      const labelsChanged = old === undefined || old.metadata?.labels !== object.metadata?.labels || controllerOf(old) !== undefined;
      if (labelsChanged) keys.push(...this.#matching(object).map(keyOf));
    }
    if (old !== undefined && !isPodReady(old) && isPodReady(object)) this.#lookAgainWhenAvailable(object);
    return keys;
  }

  #ownerOf(pod: Pod): ObjectKey | undefined {
    const ref = controllerOf(pod);
    return ref?.kind === this.#flavour.kind ? { namespace: pod.metadata?.namespace ?? '', name: ref.name } : undefined;
  }

  #matching(pod: Pod): readonly T[] {
    return this.#owners.list(pod.metadata?.namespace ?? '').filter((o) => this.#flavour.view(o).selects(pod.metadata?.labels));
  }

  #lookAgainWhenAvailable(pod: Pod): void {
    const key = this.#ownerOf(pod);
    const owner = key && this.#owners.get(key);
    const seconds = owner === undefined ? 0 : this.#flavour.view(owner).minReadySeconds;
    // A second more: transition times have whole seconds.
    if (key !== undefined && seconds > 0) this.#context.enqueue(key, (seconds + 1) * 1000);
  }

  async reconcile(key: ObjectKey, signal: AbortSignal): Promise<Result> {
    const owner = this.#owners.get(key);
    if (owner === undefined) return;
    const uid = owner.metadata?.uid ?? '';
    const settled = this.#expectations.satisfied(uid);
    const pods = await this.#claim(owner, signal);
    let failure: unknown;
    if (settled && owner.metadata?.deletionTimestamp === undefined) failure = await this.#manage(owner, pods, signal);
    await this.#writeStatus(owner, pods, { signal, failure });
    if (failure !== undefined && !isNamespaceTerminating(failure)) throw failure;
  }

  #claim(owner: T, signal: AbortSignal): Promise<readonly Pod[]> {
    const { client } = this.#context;
    const { selects } = this.#flavour.view(owner);
    const namespace = owner.metadata?.namespace ?? '';
    const orphans = this.#pods.byIndex(controllerUidIndex, '').filter((p) => p.metadata?.namespace === namespace && isPodActive(p));
    const own = this.#pods.byIndex(controllerUidIndex, owner.metadata?.uid ?? '');
    return claimObjects([...own, ...orphans], {
      owner,
      ref: controllerRef(owner, this.#flavour),
      matches: (pod) => selects(pod.metadata?.labels),
      client: client.resource<Pod>('pods'),
      liveOwner: () => client.resource(this.#flavour.resource).get(keyOf(owner), { signal }),
      signal,
    });
  }

  /** Creates or deletes pods; returns what failed. */
  async #manage(owner: T, pods: readonly Pod[], signal: AbortSignal): Promise<unknown> {
    const { client, recorder, clock } = this.#context;
    const io = { client, recorder, signal };
    const uid = owner.metadata?.uid ?? '';
    const view = this.#flavour.view(owner);
    const reference = { ...owner, apiVersion: this.#flavour.apiVersion, kind: this.#flavour.kind };
    const action = planReplicas(view.replicas, pods.filter(isPodActive), { siblings: this.#siblings(owner), nowMs: clock.now() });
    if (action.kind === 'create') {
      this.#expectations.expectCreations(uid, action.count);
      const pod = podFromTemplate(view.template, owner, { ref: controllerRef(owner, this.#flavour) });
      const { successes, error } = await slowStartBatch(action.count, 1, async () => {
        await createPod(pod, reference, io);
      });
      for (let i = successes; i < action.count; i++) this.#expectations.creationObserved(uid);
      return error;
    }
    if (action.kind === 'delete') {
      const uids = action.pods.map((p) => p.metadata?.uid ?? '');
      this.#expectations.expectDeletions(uid, uids);
      const results = await Promise.allSettled(
        action.pods.map(async (pod) => {
          const gone = await deletePod(pod, reference, io).catch((error: unknown) => {
            this.#expectations.deletionObserved(uid, pod.metadata?.uid ?? '');
            throw error;
          });
          if (gone === 'gone') this.#expectations.deletionObserved(uid, pod.metadata?.uid ?? '');
        }),
      );
      return results.find((r) => r.status === 'rejected')?.reason as unknown;
    }
    return undefined;
  }

  /** Pods of all owners under the same controller: a Deployment's ReplicaSets spread together. */
  #siblings(owner: T): readonly Pod[] {
    const parent = controllerOf(owner)?.uid;
    const owners = parent === undefined ? [owner] : this.#context.lister(this.#flavour.resource).byIndex(controllerUidIndex, parent);
    return owners.flatMap((o) => this.#pods.byIndex(controllerUidIndex, o.metadata?.uid ?? ''));
  }

  async #writeStatus(
    owner: T,
    pods: readonly Pod[],
    { signal, failure }: { readonly signal: AbortSignal; readonly failure: unknown },
  ): Promise<void> {
    const { client, clock } = this.#context;
    const view = this.#flavour.view(owner);
    const nowMs = clock.now();
    const status = replicaStatus({
      status: view.status,
      generation: owner.metadata?.generation ?? 0,
      replicas: view.replicas,
      minReadySeconds: view.minReadySeconds,
      templateLabels: view.template.metadata?.labels ?? {},
      pods,
      nowMs,
      now: formatTime(nowMs),
      ...(failure === undefined ? {} : { failure: errorText(failure) }),
    });
    const written = this.#flavour.withStatus(owner, status);
    if (sameReplicaStatus(this.#flavour.view(owner).status, this.#flavour.view(written).status ?? status)) return;
    await client.resource<T>(this.#flavour.resource).updateStatus(written, { signal });
  }
}
