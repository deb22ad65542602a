import type { Clock, Logger } from '../base/index.ts';
import type { MessageValue } from './codec.ts';
import { isCriError } from './error.ts';
import { connectGrpc, type GrpcChannel, runtimeCodec } from './grpc.ts';

/**
 * Something happened to a container or sandbox (`containerId` is either's CRI id). After `reconnected`, which also comes first of all,
 * events may have been missed: list again. An exec's end is no event.
 */
export type RuntimeEvent =
  | { readonly type: 'started' | 'exited' | 'oom' | 'deleted'; readonly containerId: string }
  | { readonly type: 'reconnected' };

export interface WatchEventsOptions {
  readonly endpoint: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly logger: Logger;
}

const leastBackoffMs = 200;
const greatestBackoffMs = 10_000;
const settleMs = 100;
/** A stream that lived this long was a good one. */
const healthyMs = 5_000;

type Source = (channel: GrpcChannel, signal: AbortSignal) => AsyncIterable<RuntimeEvent>;

/**
 * The runtime's events until the signal aborts, over CRI's GetContainerEvents where it is served (containerd 1.7, CRI-O), else over
 * containerd's own event service. Nothing is buffered here: a slow reader holds the stream back. Lost connections are made again, with
 * back-off from 0.2 to 10 s.
 */
export async function* watchRuntimeEvents(options: WatchEventsOptions): AsyncGenerator<RuntimeEvent> {
  const { clock, logger, signal } = options;
  const channel = connectGrpc(options);
  let source: Source = criEvents;
  let backoffMs = leastBackoffMs;
  try {
    while (!signal.aborted) {
      const sinceMs = clock.monotonicMs();
      try {
        yield* announced((stop) => source(channel, stop), options);
      } catch (e) {
        if (source === criEvents && isCriError(e, 'UNIMPLEMENTED')) {
          source = containerdEvents;
          continue;
        }
        logger.warn('the event stream of the runtime broke', { error: String(e) });
      }
      if (clock.monotonicMs() - sinceMs > healthyMs) backoffMs = leastBackoffMs;
      await clock.sleep(backoffMs, signal).catch(() => {});
      backoffMs = Math.min(backoffMs * 2, greatestBackoffMs);
    }
  } finally {
    channel.close();
  }
}

/**
 * The events after `reconnected`. The subscription comes first, or what happens between a listing and it would be missed; since the server
 * says nothing before the first event, no refusal within a while is taken for its consent.
 */
async function* announced(open: (signal: AbortSignal) => AsyncIterable<RuntimeEvent>, options: WatchEventsOptions): AsyncGenerator<RuntimeEvent> {
  const left = new AbortController();
  const iterator = open(AbortSignal.any([options.signal, left.signal]))[Symbol.asyncIterator]();
  try {
    let next = iterator.next();
    // Nobody waits for it when the reader leaves.
    next.catch(() => {});
    await Promise.race([next, options.clock.sleep(settleMs)]);
    yield { type: 'reconnected' };
    for (;;) {
      const { done, value } = await next;
      if (done) return;
      yield value;
      next = iterator.next();
      next.catch(() => {});
    }
  } finally {
    // A stream that is being waited on cannot be returned from before it ends.
    left.abort();
    await iterator.return?.();
  }
}

async function* criEvents(channel: GrpcChannel, signal: AbortSignal): AsyncGenerator<RuntimeEvent> {
  const method = {
    path: 'runtime.v1.RuntimeService/GetContainerEvents',
    request: 'runtime.v1.GetEventsRequest',
    response: 'runtime.v1.ContainerEventResponse',
  };
  const types = {
    CONTAINER_STARTED_EVENT: 'started',
    CONTAINER_STOPPED_EVENT: 'exited',
    CONTAINER_DELETED_EVENT: 'deleted',
  } as const;
  for await (const message of channel.serverStream(method, {}, signal)) {
    const type = types[message['containerEventType'] as keyof typeof types];
    if (type) yield { type, containerId: message['containerId'] as string };
  }
}

const envelopeMethod = {
  path: 'containerd.services.events.v1.Events/Subscribe',
  request: 'containerd.services.events.v1.SubscribeRequest',
  response: 'containerd.services.events.v1.Envelope',
};
const taskEvents: Readonly<Record<string, 'started' | 'exited' | 'oom' | 'deleted'>> = {
  'containerd.events.TaskStart': 'started',
  'containerd.events.TaskExit': 'exited',
  'containerd.events.TaskOOM': 'oom',
  'containerd.events.TaskDelete': 'deleted',
};

async function* containerdEvents(channel: GrpcChannel, signal: AbortSignal): AsyncGenerator<RuntimeEvent> {
  const filters = ['namespace==k8s.io,topic~="^/tasks/(start|exit|oom|delete)"'];
  for await (const envelope of channel.serverStream(envelopeMethod, { filters }, signal)) {
    const event = readEnvelope(envelope);
    if (event) yield event;
  }
}

/** Undefined for the end of an exec, whose `id` is not the container's, and for what is not known here. */
function readEnvelope(envelope: MessageValue): RuntimeEvent | undefined {
  const any = envelope['event'] as { readonly typeUrl: string; readonly value: Uint8Array } | undefined;
  const name = any?.typeUrl.slice(any.typeUrl.lastIndexOf('/') + 1) ?? '';
  const type = Object.hasOwn(taskEvents, name) ? taskEvents[name] : undefined;
  if (!any || !type) return undefined;
  const { containerId, id } = runtimeCodec().decode(name, any.value) as { readonly containerId: string; readonly id?: string };
  if (id !== undefined && id !== '' && id !== containerId) return undefined;
  return { type, containerId };
}
