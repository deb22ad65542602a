import type { Clock, Logger, Rng } from '../base/index.ts';
import { isGone, isStatusError, type KubeObject } from '../apimachinery/index.ts';
import { Backoff } from './backoff.ts';
import type { ResourceClient } from './client.ts';
import { frameError } from './in-process-transport.ts';
import { objectKeyText } from './resource-ref.ts';
import type { WatchFrame, WatchStream } from './transport.ts';

/** Where a reflector puts what it sees. */
export interface ReflectorSink<T extends KubeObject> {
  /** The whole collection as of `resourceVersion`. */
  replace(items: readonly T[], resourceVersion: string): void;
  apply(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): void;
  /** All events up to `resourceVersion` were applied. */
  progress(resourceVersion: string): void;
}

export interface ReflectorOptions {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly logger: Logger;
  readonly scope: { readonly namespace?: string; readonly labelSelector?: string; readonly fieldSelector?: string };
  readonly signal: AbortSignal;
}

/** The bookmark that ends the initial events of a WatchList carries this annotation, `"true"`. */
export const initialEventsEnd = 'k8s.io/initial-events-end';

/** A watch asks for a random time between this and twice this, so that watches do not all end at once. */
const minWatchSeconds = 300;

/** A watch that ended sooner counts as a failure: the next one waits. */
const shortWatchMs = 1000;

/**
 * Follows one resource into `sink` until the signal aborts: a watch with initial events, or, where the server refuses that, a list and
 * a watch. Expired versions make it start anew; failures wait 0.8 to 30 s (as client-go's reflector does).
 */
export async function runReflector<T extends KubeObject>(
  client: ResourceClient<T>,
  sink: ReflectorSink<T>,
  options: ReflectorOptions,
): Promise<void> {
  const { clock, rng, logger, signal } = options;
  const backoff = new Backoff({ clock, rng, initialMs: 800, maxMs: 30_000, resetAfterMs: 120_000 });
  const run = new Reflection(client, sink, options);
  while (!signal.aborted) {
    try {
      const startedMs = clock.monotonicMs();
      await run.once();
      if (clock.monotonicMs() - startedMs >= shortWatchMs || run.progressed) continue;
    } catch (error) {
      if (signal.aborted) return;
      if (isGone(error)) {
        run.startAnew();
        logger.debug('the watch has expired, listing again', { resource: client.ref.plural });
      } else {
        logger.warn('list or watch failed', { resource: client.ref.plural, error });
      }
    }
    if (signal.aborted) return;
    await clock.sleep(backoff.nextMs(), signal).catch(() => undefined);
  }
}

class Reflection<T extends KubeObject> {
  readonly #client: ResourceClient<T>;
  readonly #sink: ReflectorSink<T>;
  readonly #options: ReflectorOptions;
  #resourceVersion = '';
  #watchList = true;
  /** The last `once` brought something. */
  progressed = false;

  constructor(client: ResourceClient<T>, sink: ReflectorSink<T>, options: ReflectorOptions) {
    this.#client = client;
    this.#sink = sink;
    this.#options = options;
  }

  startAnew(): void {
    this.#resourceVersion = '';
  }

  /** One watch, with what must come before it. Resolves when the watch has ended. */
  async once(): Promise<void> {
    this.progressed = false;
    if (this.#resourceVersion === '' && this.#watchList) {
      const stream = await this.#openWatchList();
      if (stream !== undefined) return this.#follow(stream, new Map());
    }
    if (this.#resourceVersion === '') await this.#list();
    const stream = await this.#client.watch({ ...this.#watchOptions(), resourceVersion: this.#resourceVersion });
    await this.#follow(stream, undefined);
  }

  #watchOptions() {
    const { scope, rng, signal } = this.#options;
    return { ...scope, signal, allowWatchBookmarks: true, timeoutSeconds: minWatchSeconds + rng.int(minWatchSeconds) };
  }

  /** Undefined when the server does not serve initial events: 422 or 400 say so for good. */
  async #openWatchList(): Promise<WatchStream | undefined> {
    try {
      return await this.#client.watch({ ...this.#watchOptions(), sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' });
    } catch (error) {
      if (!isStatusError(error) || (error.code !== 422 && error.code !== 400)) throw error;
      this.#watchList = false;
      return undefined;
    }
  }

  async #list(): Promise<void> {
    const { scope, signal } = this.#options;
    const list = await this.#client.listAll({ ...scope, signal });
    this.#resourceVersion = list.metadata.resourceVersion ?? '';
    this.#sink.replace(list.items, this.#resourceVersion);
    this.progressed = true;
  }

  /** `initial` gathers objects until the bookmark that ends them; then the collection is replaced at once. */
  async #follow(stream: WatchStream, initial: Map<string, T> | undefined): Promise<void> {
    const { signal } = this.#options;
    let gathering = initial;
    try {
      for (let batch = await stream.read(); batch !== undefined && !signal.aborted; batch = await stream.read()) {
        for (const frame of batch) {
          if (frame.type === 'ERROR') throw frameError(frame);
          if (gathering !== undefined) gathering = this.#gather(frame, gathering);
          else this.#apply(frame);
        }
      }
    } finally {
      stream.close();
    }
  }

  #gather(frame: WatchFrame, items: Map<string, T>): Map<string, T> | undefined {
    const object = frame.object as T;
    if (frame.type === 'DELETED') items.delete(objectKeyText(object));
    else if (frame.type !== 'BOOKMARK') items.set(objectKeyText(object), object);
    else if (object.metadata?.annotations?.[initialEventsEnd] === 'true') {
      this.#resourceVersion = object.metadata.resourceVersion ?? '';
      this.#sink.replace([...items.values()], this.#resourceVersion);
      this.progressed = true;
      return undefined;
    }
    return items;
  }

  #apply(frame: WatchFrame): void {
    if (frame.type === 'ERROR') return;
    const object = frame.object as T;
    if (frame.type !== 'BOOKMARK') this.#sink.apply(frame.type, object);
    const resourceVersion = object.metadata?.resourceVersion;
    if (resourceVersion === undefined || resourceVersion === '') return;
    this.#resourceVersion = resourceVersion;
    this.#sink.progress(resourceVersion);
    this.progressed = true;
  }
}
