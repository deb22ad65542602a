import type { Clock, Logger, Rng } from '../base/index.ts';
import type { KubeObject } from '../apimachinery/index.ts';
import type { Client } from './client.ts';
import { createInformer, type Informer } from './informer.ts';
import { resourceName, type ResourceRef } from './resource-ref.ts';

export interface InformerScope {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** One informer for each resource and scope, whoever asks. */
export interface InformerFactory {
  /** The shared informer; started at once if the factory runs, else by `start`. */
  informer<T extends KubeObject = KubeObject>(resource: string | ResourceRef, scope?: InformerScope): Informer<T>;
  /** Ends one informer and forgets it: for custom resources that are gone. */
  stop(resource: ResourceRef, scope?: InformerScope): void;
  /** Starts those asked for so far and, from now on, each new one. */
  start(signal: AbortSignal): void;
  /** Resolves when all that were asked for have synced. */
  waitForSync(signal?: AbortSignal): Promise<void>;
}

export interface InformerFactoryOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly logger: Logger;
  readonly resyncPeriodMs?: number;
}

interface Entry {
  readonly informer: Informer;
  readonly end: AbortController;
}

/** Nothing is called before `start`. */
export function createInformerFactory(options: InformerFactoryOptions): InformerFactory {
  const { client, clock, rng, logger, resyncPeriodMs } = options;
  const entries = new Map<string, Entry>();
  let running: AbortSignal | undefined;
  const begin = (entry: Entry) => {
    if (running !== undefined) void entry.informer.run(AbortSignal.any([running, entry.end.signal]));
  };
  return {
    informer<T extends KubeObject>(resource: string | ResourceRef, scope: InformerScope = {}): Informer<T> {
      const key = entryKey(typeof resource === 'string' ? client.resource(resource).ref : resource, scope);
      let entry = entries.get(key);
      if (entry === undefined) {
        const informer = createInformer(client.resource(resource), {
          clock,
          rng,
          logger,
          ...scope,
          ...(resyncPeriodMs === undefined ? {} : { resyncPeriodMs }),
        });
        entry = { informer, end: new AbortController() };
        entries.set(key, entry);
        begin(entry);
      }
      return entry.informer as unknown as Informer<T>;
    },
    stop(resource, scope = {}) {
      const key = entryKey(resource, scope);
      entries.get(key)?.end.abort();
      entries.delete(key);
    },
    start(signal) {
      if (running !== undefined) throw new Error('the informers were started before');
      running = signal;
      for (const entry of entries.values()) begin(entry);
    },
    async waitForSync(signal) {
      await Promise.all([...entries.values()].map((e) => e.informer.synced(signal)));
    },
  };
}

function entryKey(ref: ResourceRef, scope: InformerScope): string {
  return JSON.stringify([resourceName(ref), ref.version, scope.namespace ?? '', scope.labelSelector ?? '', scope.fieldSelector ?? '']);
}
