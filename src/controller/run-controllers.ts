import type { Clock, Logger, Rng } from '../base/index.ts';
import { isConflict, isStatusError, type KubeObject } from '../apimachinery/index.ts';
import {
  type Client,
  createEventRecorder,
  createWorkQueue,
  type Informer,
  type InformerFactory,
  keyOf,
  keyText,
  type ObjectKey,
  parseKey,
  type WorkQueue,
} from '../client/index.ts';
import type { User } from '../http/index.ts';
import { type Change, type Controller, type ControllerContext, type Reconciler, TerminalError } from './controller.ts';

export interface RunControllersOptions {
  readonly controllers: readonly Controller[];
  /** A client that acts as `controllerUser(serviceAccount)`. */
  clientFor(serviceAccount: string): Client;
  /** Shared caches, which the caller starts; they read as system:kube-controller-manager. */
  readonly informers: InformerFactory;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** The identity a controller acts under: its service account in kube-system. */
export function controllerUser(serviceAccount: string): User {
  return {
    name: `system:serviceaccount:kube-system:${serviceAccount}`,
    groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
  };
}

/** Runs the controllers until the signal aborts; resolves when all work at hand has ended. */
export async function runControllers(options: RunControllersOptions): Promise<void> {
  await Promise.all(options.controllers.map((c) => runController(c, options)));
}

const defaultWorkers = 5;

async function runController(controller: Controller, options: RunControllersOptions): Promise<void> {
  const { clock, rng, signal, informers } = options;
  const logger = options.logger.child({ controller: controller.name });
  const client = options.clientFor(controller.serviceAccount);
  const queue = createWorkQueue(clock);
  const used = new Set<Informer>();
  const informer = <T extends KubeObject>(resource: Parameters<InformerFactory['informer']>[0]): Informer<T> => {
    const found = informers.informer<T>(resource);
    used.add(found as unknown as Informer);
    return found;
  };
  const recorder = createEventRecorder({ client, component: controller.eventSource ?? controller.name, clock, logger, signal });
  const context: ControllerContext = {
    client,
    informers,
    recorder,
    clock,
    rng,
    logger,
    lister: (resource) => informer<never>(resource).lister,
    enqueue: (key, afterMs = 0) => queue.addAfter(keyText(key), afterMs),
  };
  const reconciler = controller.start(context);
  const detach = controller.watches.map((watch) => {
    const shared = informer(watch.resource);
    const tell = (change: Change) => {
      reconciler.observe?.(watch.resource, change);
      for (const key of keysOf(controller, reconciler, { watch, change })) queue.add(keyText(key));
    };
    return shared.addHandler({
      onAdd: (object) => tell({ type: 'add', object }),
      onUpdate: (old, object) => tell({ type: 'update', object, old }),
      onDelete: (object) => tell({ type: 'delete', object }),
    });
  });
  try {
    await Promise.all([...used].map((i) => i.synced(signal)));
    await work(controller, { reconciler, queue, logger, clock, signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    for (const off of detach) off();
    await queue.drain();
  }
}

interface Work {
  readonly reconciler: Reconciler;
  readonly queue: WorkQueue;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

async function work(controller: Controller, { reconciler, queue, logger, clock, signal }: Work): Promise<void> {
  const onAbort = () => queue.shutDown();
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  const workers = Array.from({ length: controller.workers ?? defaultWorkers }, () => worker(reconciler, { queue, logger, signal }));
  const rounds = reconciler.run?.(signal).catch((error: unknown) => {
    if (signal.aborted) return;
    throw error;
  });
  logger.debug('started', { atMs: clock.now() });
  await Promise.all([...workers, rounds]);
}

async function worker(reconciler: Reconciler, { queue, logger, signal }: { queue: WorkQueue; logger: Logger; signal: AbortSignal }): Promise<void> {
  for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
    try {
      // What still waits when the end has come is left to the next leader.
      if (signal.aborted) continue;
      const result = await reconciler.reconcile(parseKey(key), signal);
      queue.forget(key);
      if (result?.requeueAfterMs !== undefined) queue.addAfter(key, result.requeueAfterMs);
    } catch (error) {
      if (signal.aborted) continue;
      if (error instanceof TerminalError) {
        queue.forget(key);
        logger.error('giving up', { key, error });
        continue;
      }
      const level = isConflict(error) ? 'debug' : isStatusError(error) && error.code < 500 ? 'info' : 'warn';
      logger[level]('reconcile failed, will be tried again', { key, error, tries: queue.requeues(key) + 1 });
      queue.addRateLimited(key);
    } finally {
      queue.done(key);
    }
  }
}

function keysOf(
  controller: Controller,
  reconciler: Reconciler,
  { watch, change }: { readonly watch: Controller['watches'][number]; readonly change: Change },
): readonly ObjectKey[] {
  switch (watch.mapToKey) {
    case 'none':
      return [];
    case 'self':
      return [keyOf(change.object)];
    case 'custom':
      return reconciler.map?.[watch.resource]?.(change) ?? [];
    case 'controllerOwner':
      return [change.object, ...(change.old === undefined ? [] : [change.old])].flatMap(
        (o) => controllerOwnerKey(o, controller.ownerKind ?? '') ?? [],
      );
  }
}

/** The key of an object's controlling owner, if that is of `kind`. Owners are of the object's namespace. */
export function controllerOwnerKey(object: KubeObject, kind: string): ObjectKey | undefined {
  const ref = object.metadata?.ownerReferences?.find((r) => r.controller === true);
  return ref !== undefined && ref.kind === kind ? { namespace: object.metadata?.namespace ?? '', name: ref.name } : undefined;
}
