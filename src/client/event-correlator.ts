import { LRUCache } from 'lru-cache';
import type { KubeObject } from '../apimachinery/index.ts';

export interface ObjectReference {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly fieldPath?: string;
}

export type EventType = 'Normal' | 'Warning';

/** A core/v1 Event as recorders write it. */
export interface CoreEvent extends KubeObject {
  readonly involvedObject: ObjectReference;
  readonly type: EventType;
  readonly reason: string;
  readonly message: string;
  readonly source: { readonly component: string; readonly host?: string };
  /** RFC 3339, whole seconds. */
  readonly firstTimestamp: string;
  readonly lastTimestamp: string;
  readonly count: number;
  readonly reportingComponent: string;
  readonly reportingInstance: string;
}

export type Correlation =
  | { readonly kind: 'create'; readonly event: CoreEvent; readonly key: string }
  /** The same event was written before as `event.metadata.name`: its count, time and message change. */
  | { readonly kind: 'patch'; readonly event: CoreEvent; readonly key: string }
  | { readonly kind: 'skip' };

/** Limits of client-go's EventCorrelator. */
export const eventLimits = {
  /** Sources, aggregates and observations kept at most. */
  cacheEntries: 4096,
  /** An object gets so many events of one source at once … */
  spamBurst: 25,
  /** … and then one each so many milliseconds. */
  spamRefillMs: 300_000,
  /** So many different messages of one reason within the interval are written; further ones are joined. */
  maxSimilar: 10,
  similarIntervalMs: 600_000,
} as const;

interface Aggregate {
  lastMs: number;
  readonly messages: Set<string>;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Decides for each event whether it is new, a repetition, one of too many similar ones, or spam. Holds state, does no I/O. */
export class EventCorrelator {
  readonly #aggregates = new LRUCache<string, Aggregate>({ max: eventLimits.cacheEntries });
  readonly #observed = new LRUCache<string, CoreEvent>({ max: eventLimits.cacheEntries });
  readonly #buckets = new LRUCache<string, Bucket>({ max: eventLimits.cacheEntries });

  /** `nowMs` is the wall time the event was made at. */
  correlate(event: CoreEvent, nowMs: number): Correlation {
    const { event: aggregated, key } = this.#aggregate(event, nowMs);
    const last = this.#observed.get(key);
    const observed: CoreEvent =
      last === undefined
        ? aggregated
        : {
            ...aggregated,
            metadata: { ...aggregated.metadata, ...(last.metadata?.name === undefined ? {} : { name: last.metadata.name }) },
            firstTimestamp: last.firstTimestamp,
            count: last.count + 1,
          };
    this.#observed.set(key, observed);
    if (this.#isSpam(event, nowMs)) return { kind: 'skip' };
    return { kind: last === undefined ? 'create' : 'patch', event: observed, key };
  }

  /** What the server answered: a repetition patches that name. */
  written(key: string, name: string): void {
    const last = this.#observed.get(key);
    if (last !== undefined) this.#observed.set(key, { ...last, metadata: { ...last.metadata, name } });
  }

  #aggregate(event: CoreEvent, nowMs: number): { readonly event: CoreEvent; readonly key: string } {
    const key = JSON.stringify([...sourceKey(event), event.type, event.reason, event.reportingComponent, event.reportingInstance]);
    let aggregate = this.#aggregates.get(key);
    if (aggregate === undefined || nowMs - aggregate.lastMs > eventLimits.similarIntervalMs) aggregate = { lastMs: nowMs, messages: new Set() };
    aggregate.lastMs = nowMs;
    aggregate.messages.add(event.message);
    this.#aggregates.set(key, aggregate);
    if (aggregate.messages.size < eventLimits.maxSimilar)
      return { event, key: JSON.stringify([key, event.involvedObject.fieldPath ?? '', event.message]) };
    const [oldest] = aggregate.messages;
    if (oldest !== undefined) aggregate.messages.delete(oldest);
    return { event: { ...event, message: `(combined from similar events): ${event.message}` }, key };
  }

  #isSpam(event: CoreEvent, nowMs: number): boolean {
    const key = JSON.stringify(sourceKey(event));
    const bucket = this.#buckets.get(key) ?? { tokens: eventLimits.spamBurst, atMs: nowMs };
    bucket.tokens = Math.min(eventLimits.spamBurst, bucket.tokens + Math.max(0, nowMs - bucket.atMs) / eventLimits.spamRefillMs);
    bucket.atMs = nowMs;
    this.#buckets.set(key, bucket);
    if (bucket.tokens < 1) return true;
    bucket.tokens -= 1;
    return false;
  }
}

function sourceKey(event: CoreEvent): readonly string[] {
  const o = event.involvedObject;
  return [event.source.component, event.source.host ?? '', o.kind ?? '', o.namespace ?? '', o.name ?? '', o.uid ?? '', o.apiVersion ?? ''];
}
