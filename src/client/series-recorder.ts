import { LRUCache } from 'lru-cache';
import type { Clock, Logger, Timer } from '../base/index.ts';
import { formatMicroTime, isNotFound, type KubeObject } from '../apimachinery/index.ts';
import type { Client } from './client.ts';
import type { EventType, ObjectReference } from './event-correlator.ts';
import { referenceTo } from './event-recorder.ts';

/** Records events.k8s.io/v1 Events: repetitions become one series instead of a count. Never throws, never waits. */
export interface SeriesRecorder {
  event(regarding: KubeObject | ObjectReference, what: SeriesEvent): void;
  flush(): Promise<void>;
}

export interface SeriesEvent {
  readonly type: EventType;
  readonly reason: string;
  /** What was done or tried: `Scheduling`, `Binding`. */
  readonly action: string;
  readonly note: string;
  readonly related?: KubeObject | ObjectReference;
}

interface NewEvent extends KubeObject {
  readonly eventTime: string;
  readonly reportingController: string;
  readonly reportingInstance: string;
  readonly action: string;
  readonly reason: string;
  readonly regarding: ObjectReference;
  readonly related?: ObjectReference;
  readonly note: string;
  readonly type: EventType;
  readonly series?: { readonly count: number; readonly lastObservedTime: string };
}

export interface SeriesRecorderOptions {
  readonly client: Client;
  readonly reportingController: string;
  /** Names the process, e.g. `default-scheduler-host`. */
  readonly reportingInstance: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly maxQueued?: number;
}

/** A series that was quiet for so long is written a last time and forgotten (client-go's finishTime). */
const finishMs = 6 * 60_000;
const maxSeries = 4096;

interface Series {
  event: NewEvent;
  timer: Timer | undefined;
  /** Occurrences not yet sent to the server. */
  unsent: boolean;
}

export function createSeriesRecorder(options: SeriesRecorderOptions): SeriesRecorder {
  return new Recorder(options);
}

class Recorder implements SeriesRecorder {
  readonly #options: SeriesRecorderOptions;
  readonly #series = new LRUCache<string, Series>({ max: maxSeries, dispose: (series) => series.timer?.cancel() });
  readonly #queue: (() => Promise<void>)[] = [];
  #sending: Promise<void> | undefined;
  #serial = 0;

  constructor(options: SeriesRecorderOptions) {
    this.#options = options;
    options.signal.addEventListener('abort', () => this.#series.clear(), { once: true });
  }

  event(regarding: KubeObject | ObjectReference, what: SeriesEvent): void {
    const { clock, signal, reportingController, reportingInstance } = this.#options;
    if (signal.aborted) return;
    const ref = referenceTo(regarding);
    const related = what.related === undefined ? undefined : referenceTo(what.related);
    const key = JSON.stringify([
      what.type,
      what.action,
      what.reason,
      reportingController,
      reportingInstance,
      identity(ref),
      related && identity(related),
    ]);
    const now = formatMicroTime(clock.now());
    const series = this.#series.get(key);
    if (series === undefined) {
      this.#begin(key, this.#make(ref, related, what));
      return;
    }
    const count = (series.event.series?.count ?? 1) + 1;
    const first = series.event.series === undefined;
    series.event = { ...series.event, series: { count, lastObservedTime: now } };
    series.unsent = !first;
    this.#scheduleFinish(key, series);
    // The second occurrence is written at once, so that a series shows; later ones when it ends.
    if (first) this.#enqueue(() => this.#patch(series.event));
  }

  async flush(): Promise<void> {
    while (this.#sending !== undefined) await this.#sending;
  }

  #begin(key: string, event: NewEvent): void {
    const series: Series = { event, timer: undefined, unsent: false };
    this.#series.set(key, series);
    this.#scheduleFinish(key, series);
    this.#enqueue(async () => {
      await this.#options.client.resource<NewEvent>('events.events.k8s.io').create(event, { signal: this.#options.signal });
    });
  }

  #scheduleFinish(key: string, series: Series): void {
    series.timer?.cancel();
    series.timer = this.#options.clock.after(finishMs, () => {
      this.#series.delete(key);
      if (series.unsent) this.#enqueue(() => this.#patch(series.event));
    });
  }

  #make(regarding: ObjectReference, related: ObjectReference | undefined, what: SeriesEvent): NewEvent {
    const { clock, reportingController, reportingInstance } = this.#options;
    const nowMs = clock.now();
    this.#serial = (this.#serial + 1) % 1_000_000;
    const suffix = (BigInt(nowMs) * 1_000_000n + BigInt(this.#serial)).toString(16);
    return {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: `${regarding.name ?? ''}.${suffix}`, namespace: regarding.namespace ?? 'default' },
      eventTime: formatMicroTime(nowMs),
      reportingController,
      reportingInstance,
      action: what.action,
      reason: what.reason,
      regarding,
      ...(related === undefined ? {} : { related }),
      note: what.note,
      type: what.type,
    };
  }

  #enqueue(send: () => Promise<void>): void {
    const { maxQueued = 1000, logger, signal } = this.#options;
    if (this.#queue.length >= maxQueued) return;
    this.#queue.push(async () => {
      try {
        await send();
      } catch (error) {
        if (!signal.aborted) logger.debug('an event was refused', { error });
      }
    });
    this.#sending ??= this.#drain();
  }

  async #drain(): Promise<void> {
    await Promise.resolve();
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) await next();
    this.#sending = undefined;
  }

  async #patch(event: NewEvent): Promise<void> {
    const events = this.#options.client.resource<NewEvent>('events.events.k8s.io');
    const key = { namespace: event.metadata?.namespace ?? 'default', name: event.metadata?.name ?? '' };
    try {
      await events.patch(key, 'strategic', { series: event.series }, { signal: this.#options.signal });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      await events.create(event, { signal: this.#options.signal });
    }
  }
}

function identity(ref: ObjectReference): readonly string[] {
  return [ref.kind ?? '', ref.namespace ?? '', ref.name ?? '', ref.uid ?? '', ref.apiVersion ?? '', ref.fieldPath ?? ''];
}
