import { isNotFound, type GroupResource, type KubeObject } from '../apimachinery/index.ts';
import type { ServerContext } from './context.ts';

/** Told of all objects of a resource, and then of each change. */
export interface Follower<T extends KubeObject> {
  /** All there is, at the start and after a gap. */
  reset(objects: readonly T[]): void;
  set(object: T): void;
  delete(object: T): void;
}

/** What authentication, authorization and admission need to know of stored objects. Objects are in the storage version, shared and read-only. */
export interface Lookup {
  /** As the cache has it at this moment (it has seen all that this server wrote); undefined when absent. */
  peek<T extends KubeObject>(resource: GroupResource, namespace: string, name: string): T | undefined;
  /** As the store has it; undefined when absent. */
  get<T extends KubeObject>(resource: GroupResource, namespace: string, name: string): Promise<T | undefined>;
  /** As the cache has them; `namespace` '' for all. */
  list<T extends KubeObject>(resource: GroupResource, namespace: string): Promise<readonly T[]>;
  /** The pods bound to a node, from the cache's index. */
  podsOnNode<T extends KubeObject>(node: string, namespace: string): Promise<readonly T[]>;
  /** Keeps telling `follower`; resolves once `reset` was called the first time. Ends with `signal`. */
  follow<T extends KubeObject>(resource: GroupResource, follower: Follower<T>, signal: AbortSignal): Promise<void>;
}

const retryDelayMs = 1000;
const retryMaxDelayMs = 30_000;

/** `Lookup` over a server's stores. */
export function lookupOf(context: ServerContext): Lookup {
  const storeOf = (r: GroupResource) => context.store(r.group, r.resource);
  return {
    peek: <T extends KubeObject>(resource: GroupResource, namespace: string, name: string) =>
      storeOf(resource).peek({ namespace, name })?.bare() as T | undefined,
    async get<T extends KubeObject>(resource: GroupResource, namespace: string, name: string) {
      try {
        return (await storeOf(resource).get({ namespace, name })).bare() as T;
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },
    async list<T extends KubeObject>(resource: GroupResource, namespace: string) {
      const { items } = await storeOf(resource).list({ namespace, resourceVersion: '0' });
      return items.map((i) => i.bare() as T);
    },
    async podsOnNode<T extends KubeObject>(node: string, namespace: string) {
      const store = storeOf({ group: '', resource: 'pods' });
      const { items } = await store.list({ namespace, resourceVersion: '0', indexed: { field: 'spec.nodeName', value: node } });
      return items.map((i) => i.bare() as T);
    },
    follow: <T extends KubeObject>(resource: GroupResource, follower: Follower<T>, signal: AbortSignal) =>
      follow(context, { resource, follower, signal }),
  };
}

interface Following<T extends KubeObject> {
  readonly resource: GroupResource;
  readonly follower: Follower<T>;
  readonly signal: AbortSignal;
}

function follow<T extends KubeObject>(context: ServerContext, following: Following<T>): Promise<void> {
  const { resource, signal } = following;
  return new Promise((resolve, reject) => {
    const run = async () => {
      let delayMs = retryDelayMs;
      while (!signal.aborted) {
        try {
          await once(context, following, resolve);
          delayMs = retryDelayMs;
        } catch (error) {
          context.logger.warn('following a resource failed, trying again', { resource: resource.resource, error: String(error) });
        }
        if (signal.aborted) break;
        await context.clock.sleep(delayMs, signal).catch(() => {});
        delayMs = Math.min(delayMs * 2, retryMaxDelayMs);
      }
      reject(signal.reason as Error);
    };
    run().catch(reject);
  });
}

/** One watch, from its initial objects to its end. */
async function once<T extends KubeObject>(context: ServerContext, { resource, follower, signal }: Following<T>, started: () => void): Promise<void> {
  const watch = await context.store(resource.group, resource.resource).watch({ sendInitialEvents: true });
  const stop = () => watch.close();
  signal.addEventListener('abort', stop, { once: true });
  try {
    let initial: T[] | undefined = [];
    for (let items = await watch.read(); items !== undefined && !signal.aborted; items = await watch.read()) {
      for (const item of items) {
        const object = item.object?.bare() as T | undefined;
        if (item.initialEventsEnd && initial) {
          follower.reset(initial);
          initial = undefined;
          started();
        } else if (!object) continue;
        else if (initial) initial.push(object);
        else if (item.type === 'DELETED') follower.delete(object);
        else follower.set(object);
      }
    }
  } finally {
    signal.removeEventListener('abort', stop);
    watch.close();
  }
}
