import type { Client, ClientReadableStream, Metadata, ServiceError } from '@grpc/grpc-js';
import type { Clock } from '../base/index.ts';
import { type Codec, makeCodec, type MessageValue } from './codec.ts';
import { containerdTable } from './containerd-table.ts';
import { criTable } from './cri-table.ts';
import { CriError, grpcCodes } from './error.ts';

/** The greatest message either way, in bytes: containerd's own limit. */
const messageLimitBytes = 16 * 1024 * 1024;
const reconnectWaitMs = 5_000;

export interface GrpcOptions {
  /** `unix:///run/containerd/containerd.sock`. */
  readonly endpoint: string;
  readonly clock: Clock;
  /** Sent with each call, such as `containerd-namespace`. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface CallOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Whether a call that may have reached the runtime can be made again. */
  readonly idempotent?: boolean;
}

/** The methods of a service are named in full, `runtime.v1.RuntimeService/Version`, and their messages as in the table. */
export interface Method {
  readonly path: string;
  readonly request: string;
  readonly response: string;
}

export interface GrpcChannel {
  /** One request, one reply. Rejects with `CriError`; the first UNAVAILABLE is tried again over a new connection. */
  unary(method: Method, request: MessageValue, options: CallOptions): Promise<MessageValue>;
  /** The messages of a reply stream; it ends when the server ends it and throws `CriError`. Leaving the loop cancels the call. */
  serverStream(method: Method, request: MessageValue, signal?: AbortSignal): AsyncIterable<MessageValue>;
  /** Sends all of `requests`, one at a time as the stream takes them, and resolves with the last reply. */
  upload(method: Method, requests: AsyncIterable<MessageValue>, options: CallOptions): Promise<MessageValue | undefined>;
  close(): void;
}

let sharedCodec: Codec | undefined;
/** The codec of all tables here, read at first use. */
export function runtimeCodec(): Codec {
  return (sharedCodec ??= makeCodec(criTable, containerdTable));
}

/** A connection that is made at the first call. The gRPC library is loaded then, too: it costs 40 ms. */
export function connectGrpc(options: GrpcOptions): GrpcChannel {
  let opened: Promise<{ readonly client: Client; readonly metadata: Metadata }> | undefined;
  let closed = false;
  const open = () => {
    if (closed) return Promise.reject(new CriError('CANCELLED', 'the connection was closed', { method: 'connect' }));
    return (opened ??= openClient(options));
  };
  return {
    async unary(method, request, callOptions) {
      try {
        return await unaryOnce(await open(), method, { request, clock: options.clock, ...callOptions });
      } catch (e) {
        if (!(e instanceof CriError) || e.code !== 'UNAVAILABLE' || closed) throw e;
        if (!callOptions.idempotent && !neverSent(e)) throw e;
        const { client, metadata } = await open();
        await ready(client, options.clock.now() + reconnectWaitMs, e);
        return await unaryOnce({ client, metadata }, method, { request, clock: options.clock, ...callOptions });
      }
    },
    async *serverStream(method, request, signal) {
      const { client, metadata } = await open();
      yield* readStream(client, { method, metadata, request }, signal);
    },
    async upload(method, requests, callOptions) {
      return await uploadOnce(await open(), method, { requests, clock: options.clock, ...callOptions });
    },
    close() {
      closed = true;
      void opened?.then(
        ({ client }) => client.close(),
        () => {},
      );
    },
  };
}

function neverSent(e: CriError): boolean {
  return /No connection established|connect E|ECONNREFUSED|ENOENT/.test(e.message);
}

async function openClient(options: GrpcOptions): Promise<{ readonly client: Client; readonly metadata: Metadata }> {
  // A bundle has CommonJS as a default export alone.
  const { default: grpc } = await import('@grpc/grpc-js');
  const client = new grpc.Client(options.endpoint, grpc.credentials.createInsecure(), {
    'grpc.default_authority': 'localhost',
    'grpc.max_receive_message_length': messageLimitBytes,
    'grpc.max_send_message_length': messageLimitBytes,
    'grpc.use_local_subchannel_pool': 1,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 1000,
    'grpc.enable_retries': 0,
    'grpc.service_config_disable_resolution': 1,
  });
  const metadata = new grpc.Metadata();
  for (const [name, value] of Object.entries(options.headers ?? {})) metadata.set(name, value);
  return { client, metadata };
}

function ready(client: Client, deadlineMs: number, otherwise: CriError): Promise<void> {
  return new Promise((resolve, reject) => {
    client.waitForReady(deadlineMs, (error) => (error ? reject(otherwise) : resolve()));
  });
}

interface Opened {
  readonly client: Client;
  readonly metadata: Metadata;
}

const serializer = (name: string) => (value: MessageValue) => bufferOf(runtimeCodec().encode(name, value));
const bufferOf = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const deserializer = (name: string) => (bytes: Buffer) => runtimeCodec().decode(name, bytes);
const shortName = (method: Method) => method.path.slice(method.path.lastIndexOf('/') + 1);

function asCriError(error: ServiceError, method: Method): CriError {
  return new CriError(grpcCodes[error.code] ?? 'UNKNOWN', error.details || error.message, { method: shortName(method), cause: error });
}

/** Cancels a call on time-out or abort; `explain` gives the error that the cancelling stands for. */
function limitCall(call: { cancel(): void }, method: Method, options: CallOptions & { readonly clock: Clock }) {
  let reason: CriError | undefined;
  const stop = (e: CriError) => {
    reason ??= e;
    call.cancel();
  };
  const timer = options.clock.after(options.timeoutMs, () => {
    stop(new CriError('DEADLINE_EXCEEDED', 'context deadline exceeded', { method: shortName(method) }));
  });
  const onAbort = () => stop(new CriError('CANCELLED', 'context canceled', { method: shortName(method), cause: options.signal?.reason }));
  if (options.signal?.aborted) onAbort();
  else options.signal?.addEventListener('abort', onAbort, { once: true });
  return {
    end: () => {
      timer.cancel();
      options.signal?.removeEventListener('abort', onAbort);
    },
    explain: (error: ServiceError) => reason ?? asCriError(error, method),
  };
}

function unaryOnce(
  { client, metadata }: Opened,
  method: Method,
  options: CallOptions & { readonly request: MessageValue; readonly clock: Clock },
): Promise<MessageValue> {
  // Encoded out here, where a request that does not fit its table throws as the programmer's error that it is.
  const bytes = serializer(method.request)(options.request);
  return new Promise((resolve, reject) => {
    const call = client.makeUnaryRequest(
      `/${method.path}`,
      (encoded: Buffer) => encoded,
      deserializer(method.response),
      bytes,
      metadata,
      (error, reply) => {
        limit.end();
        if (error) reject(limit.explain(error));
        else resolve(reply!);
      },
    );
    const limit = limitCall(call, method, options);
  });
}

async function* readStream(
  client: Client,
  call: { readonly method: Method; readonly metadata: Metadata; readonly request: MessageValue },
  signal?: AbortSignal,
): AsyncGenerator<MessageValue> {
  const { method } = call;
  const stream: ClientReadableStream<MessageValue> = client.makeServerStreamRequest(
    `/${method.path}`,
    serializer(method.request),
    deserializer(method.response),
    call.request,
    call.metadata,
  );
  const onAbort = () => stream.cancel();
  if (signal?.aborted) stream.cancel();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    for await (const message of stream) yield message as MessageValue;
  } catch (e) {
    if (signal?.aborted) return;
    throw typeof (e as ServiceError).code === 'number' ? asCriError(e as ServiceError, method) : e;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    stream.on('error', () => {});
    stream.cancel();
  }
}

function uploadOnce(
  { client, metadata }: Opened,
  method: Method,
  options: CallOptions & { readonly requests: AsyncIterable<MessageValue>; readonly clock: Clock },
): Promise<MessageValue | undefined> {
  return new Promise((resolve, reject) => {
    const call = client.makeBidiStreamRequest(`/${method.path}`, serializer(method.request), deserializer(method.response), metadata);
    const limit = limitCall(call, method, options);
    let last: MessageValue | undefined;
    let over = false;
    let drained: (() => void) | undefined;
    const finish = (settle: () => void) => {
      over = true;
      limit.end();
      drained?.();
      settle();
    };
    call.on('data', (message: MessageValue) => (last = message));
    call.on('drain', () => drained?.());
    call.on('end', () => finish(() => resolve(last)));
    call.on('error', (e: ServiceError) => finish(() => reject(limit.explain(e))));
    const send = async () => {
      for await (const request of options.requests) {
        if (over) return;
        if (call.write(request)) continue;
        await new Promise<void>((r) => (drained = r));
        drained = undefined;
      }
      call.end();
    };
    send().catch((e: unknown) => {
      call.cancel();
      finish(() => reject(e));
    });
  });
}
