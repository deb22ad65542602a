/**
 * garbage-collector-controller: deletes what has lost all its owners, and carries out foreground and orphan deletion. It watches the
 * metadata of every resource that can be listed, watched and deleted, custom ones too; the graph and the decisions are pure.
 */
import { isInvalid, isNotFound, type KubeObject, parseApiVersion } from '../../apimachinery/index.ts';
import {
  createInformer,
  createWorkQueue,
  discover,
  type DiscoveredResource,
  type Informer,
  keyOf,
  preferredResources,
  resourceName,
  type ResourceClient,
  type WorkQueue,
} from '../../client/index.ts';
import type { Controller, ControllerContext, Reconciler } from '../controller.ts';
import { decide, type OwnerState, withoutOwners } from './decide.ts';
import { foregroundFinalizer, type GraphNode, type GraphWork, orphanFinalizer, OwnerGraph } from './graph.ts';

/** Resources are asked for anew so often, and soon after a definition has changed. */
const discoveryPeriodMs = 30_000;
const afterDefinitionMs = 500;
const workersPerQueue = 10;
/** Events have no owners and come in great numbers. */
const ignored = new Set(['events', 'events.events.k8s.io']);

export const garbageCollectorController: Controller = {
  name: 'garbage-collector-controller',
  serviceAccount: 'generic-garbage-collector',
  workers: 1,
  watches: [{ resource: 'customresourcedefinitions', mapToKey: 'self' }],
  start: (context) => new GarbageCollector(context),
};

interface Monitor {
  readonly informer: Informer;
  readonly end: AbortController;
}

class GarbageCollector implements Reconciler {
  readonly #context: ControllerContext;
  readonly #graph = new OwnerGraph();
  readonly #toDelete: WorkQueue;
  readonly #toOrphan: WorkQueue;
  readonly #monitors = new Map<string, Monitor>();
  #resources: readonly DiscoveredResource[] = [];
  #wake: (() => void) | undefined;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#toDelete = createWorkQueue(context.clock);
    this.#toOrphan = createWorkQueue(context.clock);
  }

  /** A definition has come, changed or gone. */
  async reconcile(): Promise<void> {
    this.#wake?.();
  }

  async run(signal: AbortSignal): Promise<void> {
    const end = () => {
      this.#toDelete.shutDown();
      this.#toOrphan.shutDown();
      for (const monitor of this.#monitors.values()) monitor.end.abort();
    };
    signal.addEventListener('abort', end, { once: true });
    await this.#discover(signal);
    await Promise.all([...this.#monitors.values()].map((m) => m.informer.synced(signal)));
    const workers = Array.from({ length: workersPerQueue }, () => [
      this.#work(this.#toDelete, (node) => this.#attemptToDelete(node, signal), signal),
      this.#work(this.#toOrphan, (node) => this.#attemptToOrphan(node, signal), signal),
    ]);
    await Promise.all([...workers.flat(), this.#discoverOften(signal)]);
  }

  async #discoverOften(signal: AbortSignal): Promise<void> {
    const { clock } = this.#context;
    while (!signal.aborted) {
      const woken = new AbortController();
      this.#wake = () => woken.abort();
      const soon = await clock.sleep(discoveryPeriodMs, AbortSignal.any([signal, woken.signal])).then(
        () => false,
        () => true,
      );
      if (signal.aborted) return;
      if (soon) await clock.sleep(afterDefinitionMs, signal).catch(() => undefined);
      await this.#discover(signal);
    }
  }

  async #discover(signal: AbortSignal): Promise<void> {
    const { client, logger } = this.#context;
    try {
      const discovered = await discover(client.transport, signal);
      this.#resources = discovered.resources;
      const wanted = preferredResources(discovered, ['delete', 'list', 'watch']).filter((r) => !ignored.has(resourceName(r)));
      const names = new Set(wanted.map(resourceName));
      for (const resource of wanted) if (!this.#monitors.has(resourceName(resource))) this.#monitor(resource, signal);
      for (const [name, monitor] of this.#monitors) {
        const group = name.slice(name.indexOf('.') + 1);
        const unsure = [...discovered.failed.keys()].some((gv) => parseApiVersion(gv)?.group === group);
        if (!names.has(name) && !unsure) this.#unmonitor(name, monitor);
      }
    } catch (error) {
      if (!signal.aborted) logger.warn('discovery failed', { error });
    }
  }

  #monitor(resource: DiscoveredResource, signal: AbortSignal): void {
    const { client, clock, rng, logger } = this.#context;
    const informer = createInformer(client.metadata(resource), { clock, rng, logger, transform: (object) => slim(object, resource) });
    const end = new AbortController();
    informer.addHandler({
      onAdd: (object) => this.#enqueue(this.#graph.observe(object)),
      onUpdate: (_old, object) => this.#enqueue(this.#graph.observe(object)),
      onDelete: (object) => this.#enqueue(this.#graph.remove(object.metadata?.uid ?? '')),
    });
    this.#monitors.set(resourceName(resource), { informer, end });
    void informer.run(AbortSignal.any([signal, end.signal]));
  }

  /** The resource is served no more: what it held is gone with it. */
  #unmonitor(name: string, monitor: Monitor): void {
    monitor.end.abort();
    this.#monitors.delete(name);
    for (const object of monitor.informer.lister.list()) this.#enqueue(this.#graph.remove(object.metadata?.uid ?? ''));
  }

  #enqueue(work: GraphWork): void {
    for (const node of work.attemptToDelete) this.#toDelete.add(node.identity.uid);
    for (const node of work.attemptToOrphan) this.#toOrphan.add(node.identity.uid);
  }

  async #work(queue: WorkQueue, attempt: (node: GraphNode) => Promise<void>, signal: AbortSignal): Promise<void> {
    for (let uid = await queue.take(); uid !== undefined; uid = await queue.take()) {
      const node = this.#graph.node(uid);
      try {
        if (node !== undefined && !signal.aborted) await attempt(node);
        queue.forget(uid);
      } catch (error) {
        if (!signal.aborted) {
          this.#context.logger.debug('collecting failed, will be tried again', { object: node?.identity, error });
          queue.addRateLimited(uid);
        }
      } finally {
        queue.done(uid);
      }
    }
  }

  #clientOf(apiVersion: string, kind: string): ResourceClient | undefined {
    const group = parseApiVersion(apiVersion)?.group;
    const exact = this.#resources.find((r) => r.kind === kind && r.group === group && apiVersion.endsWith(r.version) && r.verbs.includes('get'));
    const resource = exact ?? this.#resources.find((r) => r.kind === kind && r.group === group && r.verbs.includes('get'));
    return resource && this.#context.client.metadata(resource);
  }

  async #live(node: GraphNode, signal: AbortSignal): Promise<{ readonly client: ResourceClient; readonly object: KubeObject } | undefined> {
    const { apiVersion, kind, namespace, name, uid } = node.identity;
    const client = this.#clientOf(apiVersion, kind);
    if (client === undefined) throw new Error(`no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`);
    // A cluster-scoped dependent cannot say in which namespace its owner is: such a reference cannot be checked.
    if (client.ref.namespaced && namespace === '') throw new Error(`cluster-scoped objects cannot refer to namespaced owners: ${kind} ${name}`);
    try {
      const object = await client.get({ namespace: client.ref.namespaced ? namespace : '', name }, { signal });
      return object.metadata?.uid === uid ? { client, object } : undefined;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async #attemptToDelete(node: GraphNode, signal: AbortSignal): Promise<void> {
    if (node.beingDeleted && !node.deletingDependents) return;
    const live = await this.#live(node, signal);
    if (live === undefined) {
      this.#enqueue(this.#graph.remove(node.identity.uid));
      return;
    }
    // A virtual node that exists is observed sooner or later; until then its dependents keep.
    if (node.virtual) {
      this.#toDelete.addAfter(node.identity.uid, 1000);
      return;
    }
    if (node.deletingDependents) return await this.#awaitDependents(node, live, signal);
    const states = new Map<string, OwnerState>();
    for (const ref of live.object.metadata?.ownerReferences ?? []) states.set(ref.uid, await this.#ownerState(node, ref, signal));
    const dependents = [...node.dependents];
    const decision = decide(live.object, states, {
      any: dependents.length > 0,
      someDeletingDependents: dependents.some((d) => d.deletingDependents),
    });
    await this.#carryOut(node, { ...live, decision }, signal);
    if ([...states.values()].includes('unknownKind')) throw new Error('an owner is of a kind that is not served');
  }

  async #carryOut(
    node: GraphNode,
    { client, object, decision }: { readonly client: ResourceClient; readonly object: KubeObject; readonly decision: ReturnType<typeof decide> },
    signal: AbortSignal,
  ): Promise<void> {
    const refs = object.metadata?.ownerReferences ?? [];
    const { uid = '', resourceVersion = '' } = object.metadata ?? {};
    if (decision.kind === 'keep') return;
    if (decision.kind === 'dropReferences') return await patchOwners(client, object, { owners: withoutOwners(refs, decision.uids), signal });
    let preconditions: { uid: string; resourceVersion?: string } = { uid, resourceVersion };
    if (decision.unblockFirst) {
      await patchOwners(client, object, { owners: refs.map((r) => ({ ...r, blockOwnerDeletion: false })), signal });
      preconditions = { uid };
    }
    try {
      await client.delete(keyOf(object), { propagationPolicy: decision.policy, preconditions, signal });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      this.#enqueue(this.#graph.remove(node.identity.uid));
    }
  }

  async #ownerState(
    node: GraphNode,
    ref: { readonly apiVersion: string; readonly kind: string; readonly name: string; readonly uid: string },
    signal: AbortSignal,
  ): Promise<OwnerState> {
    if (this.#graph.isAbsent(ref.uid)) return 'absent';
    const client = this.#clientOf(ref.apiVersion, ref.kind);
    if (client === undefined) return 'unknownKind';
    const { namespace } = node.identity;
    if (client.ref.namespaced && namespace === '') return 'solid';
    try {
      const owner = await client.get({ namespace: client.ref.namespaced ? namespace : '', name: ref.name }, { signal });
      if (owner.metadata?.uid === ref.uid) {
        const waits = owner.metadata.deletionTimestamp !== undefined && (owner.metadata.finalizers ?? []).includes(foregroundFinalizer);
        return waits ? 'waiting' : 'solid';
      }
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    const known = this.#graph.node(ref.uid);
    if (known !== undefined && !known.virtual && known.identity.namespace !== '' && known.identity.namespace !== namespace) {
      this.#tellOfNamespace(node, ref);
      return 'absent';
    }
    this.#graph.markAbsent(ref.uid);
    return 'absent';
  }

  #tellOfNamespace(node: GraphNode, ref: { readonly apiVersion: string; readonly kind: string; readonly name: string; readonly uid: string }): void {
    const { namespace } = node.identity;
    const identity = `[${ref.apiVersion}/${ref.kind}, namespace: ${namespace}, name: ${ref.name}, uid: ${ref.uid}]`;
    const message = `ownerRef ${identity} does not exist in namespace ${JSON.stringify(namespace)}`;
    this.#context.recorder.event(node.identity, 'Warning', 'OwnerRefInvalidNamespace', message);
  }

  async #awaitDependents(
    node: GraphNode,
    { client, object }: { readonly client: ResourceClient; readonly object: KubeObject },
    signal: AbortSignal,
  ): Promise<void> {
    const blocking = this.#graph.blockingDependents(node);
    if (blocking.length === 0) return await removeFinalizer(client, object, { finalizer: foregroundFinalizer, signal });
    for (const dependent of blocking) if (!dependent.deletingDependents) this.#toDelete.add(dependent.identity.uid);
  }

  async #attemptToOrphan(node: GraphNode, signal: AbortSignal): Promise<void> {
    const live = await this.#live(node, signal);
    if (live === undefined || !(live.object.metadata?.finalizers ?? []).includes(orphanFinalizer)) return;
    for (const dependent of node.dependents) {
      const found = await this.#live(dependent, signal);
      if (found === undefined) continue;
      const owners = withoutOwners(found.object.metadata?.ownerReferences, [node.identity.uid]);
      await patchOwners(found.client, found.object, { owners, signal });
    }
    await removeFinalizer(live.client, live.object, { finalizer: orphanFinalizer, signal });
  }
}

/** A merge patch replaces the list whole, so it must be of the version it was computed from. */
async function patchOwners(
  client: ResourceClient,
  object: KubeObject,
  { owners, signal }: { readonly owners: unknown; readonly signal: AbortSignal },
): Promise<void> {
  const { uid, resourceVersion } = object.metadata ?? {};
  try {
    await client.patch(keyOf(object), 'merge', { metadata: { uid, resourceVersion, ownerReferences: owners } }, { signal });
  } catch (error) {
    if (!isNotFound(error) && !isInvalid(error)) throw error;
  }
}

async function removeFinalizer(
  client: ResourceClient,
  object: KubeObject,
  { finalizer, signal }: { readonly finalizer: string; readonly signal: AbortSignal },
): Promise<void> {
  const finalizers = (object.metadata?.finalizers ?? []).filter((f) => f !== finalizer);
  if (finalizers.length === (object.metadata?.finalizers ?? []).length) return;
  const { uid, resourceVersion } = object.metadata ?? {};
  try {
    await client.patch(
      keyOf(object),
      'merge',
      { metadata: { uid, resourceVersion, finalizers: finalizers.length === 0 ? null : finalizers } },
      { signal },
    );
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** All that the graph needs of an object. Metadata-only replies have a kind of their own, so the resource's is put in. */
function slim(object: KubeObject, resource: DiscoveredResource): KubeObject {
  const { namespace, name, uid, resourceVersion, ownerReferences, finalizers, deletionTimestamp } = object.metadata ?? {};
  return {
    apiVersion: resource.group === '' ? resource.version : `${resource.group}/${resource.version}`,
    kind: resource.kind,
    metadata: {
      ...(namespace === undefined ? {} : { namespace }),
      ...(name === undefined ? {} : { name }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(ownerReferences === undefined ? {} : { ownerReferences }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    },
  };
}
