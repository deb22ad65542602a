import { Readable } from 'node:stream';
import { failure, type Status, StatusError, statusErrors } from '../apimachinery/index.ts';
import {
  type AuthenticatedRequest,
  BodyTooLarge,
  type Chunks,
  type Connection,
  type Handler,
  type Reply,
  type RequestBody,
  type User,
} from '../http/index.ts';
import type { ApiCall, ApiResult, Transport, WatchFrame, WatchStream } from './transport.ts';

/** Non-negotiated bodies read whole (health texts, OpenAPI) may be this long at most. */
const maxRawBytes = 64 * 1024 * 1024;

const connection: Connection = { remoteAddress: '127.0.0.1', remotePort: 0, encrypted: true };

/**
 * Calls `handler` as a function, as `user`. Request bodies are stringified and take the wire's decoder; replies come as the shared
 * read-only values. A reply of 400 and above is thrown as `StatusError`.
 */
export function inProcessTransport(handler: Handler, user: User, options: { readonly userAgent?: string } = {}): Transport {
  const closed = new AbortController();
  const send = async (call: ApiCall, watch: boolean): Promise<{ reply: Reply; signal: AbortSignal }> => {
    const signal = call.signal === undefined ? closed.signal : AbortSignal.any([closed.signal, call.signal]);
    signal.throwIfAborted();
    const request = requestOf(call, user, { signal, userAgent: options.userAgent ?? 'kubets', watch });
    return { reply: await unlessAborted(handler(request), signal), signal };
  };
  return {
    async call(call) {
      const { reply } = await send(call, false);
      return resultOf(reply);
    },
    async watch(call) {
      const { reply, signal } = await send(call, true);
      if (reply.kind === 'stream') return watchOf(reply.frames, signal);
      await resultOf(reply);
      throw new Error(`the server answered a watch with a ${reply.kind}`);
    },
    async open(call) {
      const { reply, signal } = await send(call, false);
      if (reply.kind !== 'raw') {
        const { value } = await resultOf(reply);
        return Readable.from([Buffer.from(JSON.stringify(value))], { objectMode: false });
      }
      const chunks = reply.body instanceof Uint8Array ? [reply.body] : reply.body;
      if (reply.status >= 400) throw await rawError(reply.status, chunks);
      const readable = Readable.from(chunks, { objectMode: false });
      signal.addEventListener('abort', () => readable.destroy(signal.reason as Error), { once: true });
      return readable;
    },
    async [Symbol.asyncDispose]() {
      closed.abort(new Error('the transport was closed'));
    },
  };
}

function requestOf(
  call: ApiCall,
  user: User,
  context: { readonly signal: AbortSignal; readonly userAgent: string; readonly watch: boolean },
): AuthenticatedRequest {
  const query = queryOf(call.query);
  if (context.watch) query.set('watch', 'true');
  const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
  return {
    method: call.method,
    path: call.path,
    query,
    headers: {
      accept: call.accept ?? 'application/json',
      'user-agent': context.userAgent,
      ...(body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json', 'content-length': String(body.length) }),
    },
    body: bodyOf(body ?? new Uint8Array(0)),
    signal: context.signal,
    connection,
    user,
  };
}

/** A call's parameters in the form of a URL; undefined ones are left out. */
export function queryOf(query: ApiCall['query']): URLSearchParams {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined) continue;
    for (const one of typeof value === 'string' ? [value] : value) params.append(name, one);
  }
  return params;
}

function bodyOf(bytes: Uint8Array): RequestBody {
  return {
    async bytes(limitBytes) {
      if (bytes.length > limitBytes) throw new BodyTooLarge(limitBytes);
      return bytes;
    },
    async *stream() {
      yield bytes;
    },
  };
}

/** Callers get their abort at once; the handler, which has the signal too, may end later: a stream that comes then is closed. */
function unlessAborted(promise: Promise<Reply>, signal: AbortSignal): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    promise
      .then((reply) => {
        if (signal.aborted && reply.kind === 'stream') reply.frames.close();
        resolve(reply);
      }, reject)
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}

async function resultOf(reply: Reply): Promise<ApiResult> {
  const warnings = reply.warnings ?? [];
  switch (reply.kind) {
    case 'value': {
      const value = reply.body.value();
      if (reply.status >= 400) throw errorOf(reply.status, value);
      return { status: reply.status, value, warnings };
    }
    case 'raw': {
      const chunks = reply.body instanceof Uint8Array ? [reply.body] : reply.body;
      if (reply.status >= 400) throw await rawError(reply.status, chunks);
      const text = await textOf(chunks);
      return { status: reply.status, value: reply.contentType.includes('json') && text !== '' ? JSON.parse(text) : text, warnings };
    }
    case 'stream':
      reply.frames.close();
      throw new Error('the server answered with a stream');
    case 'upgrade':
      throw new Error('the server answered with an upgrade');
  }
}

async function textOf(chunks: Chunks | Iterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of chunks) {
    length += part.length;
    if (length > maxRawBytes) throw new BodyTooLarge(maxRawBytes);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

async function rawError(status: number, chunks: Chunks | Iterable<Uint8Array>): Promise<StatusError> {
  const text = await textOf(chunks);
  return errorOf(status, parsed(text) ?? text);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isStatus(value: unknown): value is Status {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'Status';
}

const reasonsByCode: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  409: 'Conflict',
  410: 'Gone',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/** The error a reply of `code` stands for: its Status, or one made from a body that is none (proxies, panics). */
export function errorOf(code: number, value: unknown): StatusError {
  if (isStatus(value)) return new StatusError({ ...value, code: value.code ?? code });
  const text = typeof value === 'string' ? value.trim() : JSON.stringify(value);
  return new StatusError(failure(code, reasonsByCode[code] ?? 'Unknown', text === '' || text === undefined ? `the server answered ${code}` : text));
}

/** An error frame's Status as an error. */
export function frameError(frame: WatchFrame): StatusError {
  return isStatus(frame.object) ? new StatusError(frame.object) : statusErrors.internal(`watch error: ${JSON.stringify(frame.object)}`);
}

function watchOf(frames: { read(): Promise<readonly { value(): unknown }[] | undefined>; close(): void }, signal: AbortSignal): WatchStream {
  let ended = false;
  const close = () => {
    if (ended) return;
    ended = true;
    signal.removeEventListener('abort', close);
    frames.close();
  };
  signal.addEventListener('abort', close, { once: true });
  if (signal.aborted) close();
  return {
    async read() {
      if (ended) return undefined;
      const batch = await frames.read();
      if (batch === undefined || ended) {
        close();
        return undefined;
      }
      return batch.map((b) => b.value() as WatchFrame);
    },
    close,
  };
}
