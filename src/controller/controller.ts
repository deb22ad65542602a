import type { Clock, Logger, Rng } from '../base/index.ts';
import type { KubeObject } from '../apimachinery/index.ts';
import type { Client, EventRecorder, InformerFactory, Lister, ObjectKey, ResourceRef } from '../client/index.ts';

/** What a reconcile wants next: nothing, or another look after a while. It throws to be retried with back-off. */
export type Result = { readonly requeueAfterMs?: number } | void;

/** An error that trying again cannot mend: logged, not retried. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
}

/** One change of a watched object. `old` is there on updates alone. */
export interface Change<T extends KubeObject = KubeObject> {
  readonly type: 'add' | 'update' | 'delete';
  readonly object: T;
  readonly old?: T;
}

export interface Watch {
  /** As `Client.resource` takes it: `pods`, `deployments.apps`. */
  readonly resource: string;
  /**
   * Which keys a change queues: the object's own; that of its controlling owner of `ownerKind`; or what `Reconciler.map` says.
   * `none`: the cache alone is needed.
   */
  readonly mapToKey: 'self' | 'controllerOwner' | 'custom' | 'none';
}

/** What a started controller does. */
export interface Reconciler {
  /** Brings the world nearer to what the object of `key` wants. Called for one key by one worker at a time. */
  reconcile(key: ObjectKey, signal: AbortSignal): Promise<Result>;
  /** Keys by resource, for watches that are `custom`; called synchronously, must be quick. */
  readonly map?: Readonly<Record<string, (change: Change) => readonly ObjectKey[]>>;
  /** Told of every change, whatever the mapping: for expectations. Called before keys are queued. */
  observe?(resource: string, change: Change): void;
  /** Work that no object triggers: periodic rounds. Runs beside the workers, after the caches have synced, until the signal aborts. */
  run?(signal: AbortSignal): Promise<void>;
}

/** What a controller stands on. The client acts as the controller's own service account. */
export interface ControllerContext {
  readonly client: Client;
  readonly informers: InformerFactory;
  readonly recorder: EventRecorder;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly logger: Logger;
  /** The shared cache of a resource; asked for in `start`, so that it has synced before the first reconcile. */
  lister<T extends KubeObject = KubeObject>(resource: string | ResourceRef): Lister<T>;
  enqueue(key: ObjectKey, afterMs?: number): void;
}

/** A loop that makes the actual state follow the desired one. */
export interface Controller {
  /** Upstream's name, e.g. `deployment-controller`. */
  readonly name: string;
  /** The account in kube-system it acts as, whose rights the bootstrap roles give. */
  readonly serviceAccount: string;
  /** `source.component` of its events where that is not `name`. */
  readonly eventSource?: string;
  /** Kind of the owner that `controllerOwner` watches look for. */
  readonly ownerKind?: string;
  readonly watches: readonly Watch[];
  /** Concurrent reconciles. Default 5. */
  readonly workers?: number;
  /** Nothing may be called or timed here: `run` and `reconcile` come later. */
  start(context: ControllerContext): Reconciler;
}
