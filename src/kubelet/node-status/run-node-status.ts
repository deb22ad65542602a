import type { Node } from '../../api/index.ts';
import { isAlreadyExists } from '../../apimachinery/index.ts';
import type { Clock, Logger, Rng } from '../../base/index.ts';
import type { Client } from '../../client/index.ts';
import { type NodeFacts, nodeObject, statusPatch } from './node-object.ts';

export interface NodeStatusOptions {
  readonly client: Client;
  readonly nodeName: string;
  /** What is true by now: asked before each report. */
  readonly facts: () => NodeFactsNow | Promise<NodeFactsNow>;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** How often a change is looked for; 10 s when absent (nodeStatusUpdateFrequency). */
  readonly updateMs?: number;
  /** The longest without a report; 5 min when absent (nodeStatusReportFrequency). */
  readonly reportMs?: number;
}

export type NodeFactsNow = Omit<NodeFacts, 'name' | 'now' | 'previous'>;

export interface NodeStatusHandle {
  /** The Node once created or adopted, with its first status; rejects only when `signal` aborts before. */
  readonly registered: Promise<Node>;
  /** Resolves after `signal` has aborted. */
  readonly done: Promise<void>;
  /** Reports at once: the runtime is ready, or is no more. */
  touch(): void;
}

const firstRetryMs = 100;
const lastRetryMs = 7000;

/** Registers the Node and keeps its status. Failures are logged and tried again. */
export function runNodeStatus(options: NodeStatusOptions): NodeStatusHandle {
  let wake = Promise.withResolvers<void>();
  const registered = register(options);
  // Whoever does not wait for it must not be ended by its rejection.
  registered.catch(() => {});
  const done = (async () => {
    const node = await registered.catch(() => undefined);
    if (node)
      await keep(
        options,
        () => wake.promise,
        () => void (wake = Promise.withResolvers<void>()),
      );
  })();
  return { registered, done, touch: () => wake.resolve() };
}

async function wantedNode({ facts, nodeName, clock }: NodeStatusOptions, previous?: Node): Promise<Node> {
  return nodeObject({ ...(await facts()), name: nodeName, now: clock.now(), ...(previous ? { previous } : {}) });
}

async function register(options: NodeStatusOptions): Promise<Node> {
  const { clock, signal, logger, nodeName } = options;
  for (let waitMs = firstRetryMs; ; waitMs = Math.min(waitMs * 2, lastRetryMs)) {
    signal.throwIfAborted();
    try {
      return await createOrAdopt(options);
    } catch (error) {
      signal.throwIfAborted();
      logger.warn('the node could not be registered', { node: nodeName, error });
      await clock.sleep(waitMs, signal);
    }
  }
}

async function createOrAdopt(options: NodeStatusOptions): Promise<Node> {
  const { client, nodeName, signal } = options;
  const nodes = client.resource<Node>('nodes');
  try {
    return await nodes.create(await wantedNode(options), { signal });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
  const found = await nodes.get(nodeName, { signal });
  const wanted = await wantedNode(options, found);
  await adoptLabels(options, found, wanted);
  const patch = statusPatch(found, wanted, true);
  return await nodes.patch(nodeName, 'strategic', patch, { subresource: 'status', signal });
}

async function adoptLabels({ client, nodeName, signal }: NodeStatusOptions, found: Node, wanted: Node): Promise<void> {
  const { labels = {}, annotations = {} } = wanted.metadata ?? {};
  const has = (own: Readonly<Record<string, string>> | undefined, entries: Readonly<Record<string, string>>) =>
    Object.entries(entries).every(([key, value]) => own !== undefined && Object.hasOwn(own, key) && own[key] === value);
  if (has(found.metadata?.labels, labels) && has(found.metadata?.annotations, annotations)) return;
  await client.resource<Node>('nodes').patch(nodeName, 'merge', { metadata: { labels, annotations } }, { signal });
}

async function keep(options: NodeStatusOptions, woken: () => Promise<void>, rearm: () => void): Promise<void> {
  const { clock, rng, signal, logger, nodeName, updateMs = 10_000, reportMs = 300_000 } = options;
  let reportedMs = clock.monotonicMs();
  // Spread, so that a thousand nodes started together do not report together.
  let dueMs = reportMs * (0.5 + rng.next());
  for (;;) {
    try {
      await sleepOr(woken(), options, updateMs);
    } catch {
      return;
    }
    rearm();
    try {
      const heartbeat = clock.monotonicMs() - reportedMs >= dueMs;
      if (await report(options, heartbeat)) {
        reportedMs = clock.monotonicMs();
        dueMs = reportMs;
      }
    } catch (error) {
      if (signal.aborted) return;
      logger.error("the node's status could not be reported", { node: nodeName, error });
    }
  }
}

async function sleepOr(woken: Promise<void>, { clock, signal }: NodeStatusOptions, delayMs: number): Promise<void> {
  const sleep = new AbortController();
  try {
    await Promise.race([clock.sleep(delayMs, AbortSignal.any([signal, sleep.signal])), woken]);
  } finally {
    sleep.abort();
  }
  signal.throwIfAborted();
}

async function report(options: NodeStatusOptions, heartbeat: boolean): Promise<boolean> {
  const { client, nodeName, signal } = options;
  const nodes = client.resource<Node>('nodes');
  const current = await nodes.get(nodeName, { signal });
  const patch = statusPatch(current, await wantedNode(options, current), heartbeat);
  if (!patch) return false;
  await nodes.patch(nodeName, 'strategic', patch, { subresource: 'status', signal });
  return true;
}
