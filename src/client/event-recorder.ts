import type { Clock, Logger } from '../base/index.ts';
import { formatTime, isAlreadyExists, isNotFound, isStatusError, type KubeObject } from '../apimachinery/index.ts';
import type { Client } from './client.ts';
import { type CoreEvent, EventCorrelator, type EventType, type ObjectReference } from './event-correlator.ts';

/** Tells users what happened to an object, in core/v1 Events. Never throws, never waits: events are lost rather than piled up. */
export interface EventRecorder {
  /** `object` must have kind and apiVersion, or be an `ObjectReference`. */
  event(object: KubeObject | ObjectReference, type: EventType, reason: string, message: string): void;
  /** Resolves when what was recorded so far has been sent or given up. */
  flush(): Promise<void>;
}

export interface EventRecorderOptions {
  readonly client: Client;
  /** `source.component` and `reportingComponent`, e.g. `replicaset-controller`. */
  readonly component: string;
  /** The node name, for kubelet and proxy. */
  readonly host?: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Waiting events beyond this many are dropped. Default 1000, as upstream. */
  readonly maxQueued?: number;
}

/** client-go tries an event 12 times, 10 s apart, while the server cannot be reached. */
const maxTries = 12;
const retryMs = 10_000;

export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  return new Recorder(options);
}

/** The reference by which an event names `object`. */
export function referenceTo(object: KubeObject | ObjectReference): ObjectReference {
  if (!('metadata' in object) || object.metadata === undefined) return object as ObjectReference;
  const { metadata, apiVersion, kind } = object;
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(metadata.namespace === undefined || metadata.namespace === '' ? {} : { namespace: metadata.namespace }),
    ...(metadata.name === undefined ? {} : { name: metadata.name }),
    ...(metadata.uid === undefined ? {} : { uid: metadata.uid }),
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(metadata.resourceVersion === undefined ? {} : { resourceVersion: metadata.resourceVersion }),
  };
}

class Recorder implements EventRecorder {
  readonly #options: EventRecorderOptions;
  /** Made for the first event: its caches are laid out at their full size, and most recorders of a quiet cluster stay silent. */
  #correlator: EventCorrelator | undefined;
  readonly #queue: { readonly event: CoreEvent; readonly atMs: number }[] = [];
  #sending: Promise<void> | undefined;
  #serial = 0;
  #dropped = 0;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
  }

  event(object: KubeObject | ObjectReference, type: EventType, reason: string, message: string): void {
    const { clock, maxQueued = 1000, logger, signal } = this.#options;
    if (signal.aborted) return;
    if (this.#queue.length >= maxQueued) {
      if (this.#dropped++ % 1000 === 0) logger.warn('events are dropped: the queue is full', { dropped: this.#dropped });
      return;
    }
    const atMs = clock.now();
    this.#queue.push({ event: this.#make(referenceTo(object), { type, reason, message, atMs }), atMs });
    this.#sending ??= this.#sendAll();
  }

  async flush(): Promise<void> {
    while (this.#sending !== undefined) await this.#sending;
  }

  #make(
    ref: ObjectReference,
    what: { readonly type: EventType; readonly reason: string; readonly message: string; readonly atMs: number },
  ): CoreEvent {
    const { component, host } = this.#options;
    const at = formatTime(what.atMs);
    // Upstream's suffix is the time in nanoseconds; the counter tells events of one millisecond apart.
    this.#serial = (this.#serial + 1) % 1_000_000;
    const suffix = (BigInt(what.atMs) * 1_000_000n + BigInt(this.#serial)).toString(16);
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${ref.name ?? ''}.${suffix}`, namespace: ref.namespace ?? 'default' },
      involvedObject: ref,
      reason: what.reason,
      message: what.message,
      source: { component, ...(host === undefined ? {} : { host }) },
      firstTimestamp: at,
      lastTimestamp: at,
      count: 1,
      type: what.type,
      reportingComponent: component,
      reportingInstance: host ?? '',
    };
  }

  async #sendAll(): Promise<void> {
    // Lets a burst of one turn gather before the first is sent.
    await Promise.resolve();
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      this.#correlator ??= new EventCorrelator();
      const decision = this.#correlator.correlate(next.event, next.atMs);
      if (decision.kind !== 'skip') await this.#send(decision.event, decision.kind === 'patch', decision.key);
    }
    // In the same turn as the look at the empty queue: what comes next starts a new round.
    this.#sending = undefined;
  }

  async #send(event: CoreEvent, repeated: boolean, key: string): Promise<void> {
    const { clock, logger, signal } = this.#options;
    for (let tries = 1; !signal.aborted; tries++) {
      try {
        const written = await this.#write(event, repeated);
        this.#correlator?.written(key, written.metadata?.name ?? '');
        return;
      } catch (error) {
        if (isAlreadyExists(error)) return;
        if (isStatusError(error) || signal.aborted || tries >= maxTries) {
          if (!signal.aborted) logger.debug('an event was refused', { reason: event.reason, error });
          return;
        }
        await clock.sleep(retryMs, signal).catch(() => undefined);
      }
    }
  }

  async #write(event: CoreEvent, repeated: boolean): Promise<KubeObject> {
    const { client, signal } = this.#options;
    const events = client.resource<CoreEvent>('events');
    const namespace = event.metadata?.namespace ?? 'default';
    if (repeated) {
      const patch = { count: event.count, lastTimestamp: event.lastTimestamp, message: event.message };
      try {
        return await events.patch({ namespace, name: event.metadata?.name ?? '' }, 'strategic', patch, { signal });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
    return events.create(event, { signal });
  }
}
