import { readFile } from 'node:fs/promises';
import { constants, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2';
import type { Readable } from 'node:stream';
import type { Clock, Rng } from '../base/index.ts';
import { type StreamOpened, SharedSession } from './http2-session.ts';
import { errorOf, queryOf } from './in-process-transport.ts';
import type { ApiCall, Transport, WatchFrame, WatchStream } from './transport.ts';

export interface HttpsTransportOptions {
  /** `https://host:port`, without a path. */
  readonly server: string;
  /** PEM of the CA that signed the server's certificate; the system's CAs when absent. */
  readonly ca?: string | Uint8Array;
  /** PEM of the client's certificate and key. */
  readonly cert?: string | Uint8Array;
  readonly key?: string | Uint8Array;
  readonly token?: string;
  /** Read again each minute: projected tokens are renewed in place. */
  readonly tokenFile?: string;
  /** Asked for a bearer token before each call: it keeps what it has. Goes before the others. */
  readonly tokenSource?: () => Promise<string>;
  /** Accepts any certificate. */
  readonly insecureSkipTlsVerify?: boolean;
  /** The name the server's certificate must bear, where it is not the host of `server`. */
  readonly tlsServerName?: string;
  readonly userAgent?: string;
  /** Calls, watches excepted, fail after so long. Default 60 s. */
  readonly timeoutMs?: number;
  readonly clock: Clock;
  readonly rng: Rng;
}

const defaultTimeoutMs = 60_000;
const tokenFileMaxAgeMs = 60_000;
/** A reply or a watch frame longer than this is refused: no list of ours comes near. */
const maxReplyBytes = 512 * 1024 * 1024;
const maxFrameBytes = 16 * 1024 * 1024;

/** Calls an API server over HTTP/2 and TLS, all calls on one connection. */
export function httpsTransport(options: HttpsTransportOptions): Transport {
  const { clock, rng, server } = options;
  const session = new SharedSession({ server, tls: tlsOf(options), clock, rng });
  const token = tokenSource(options);
  const closed = new AbortController();

  const open = async (call: ApiCall, signal: AbortSignal): Promise<StreamOpened> => {
    const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
    const bearer = await token();
    const headers: OutgoingHttpHeaders = {
      ':method': call.method,
      ':path': withQuery(call),
      accept: call.accept ?? 'application/json',
      'user-agent': options.userAgent ?? 'kubets',
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      ...(body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json', 'content-length': body.length }),
    };
    return await session.request(headers, body, signal);
  };
  /** Runs `use` under the call's signal, the transport's end and the time-out. */
  const timed = async <T>(call: ApiCall, use: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const deadline = new AbortController();
    const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    const timer = clock.after(timeoutMs, () => deadline.abort(new Error(`${call.method} ${call.path} took longer than ${timeoutMs} ms`)));
    try {
      return await use(anySignal(closed.signal, deadline.signal, call.signal));
    } finally {
      timer.cancel();
    }
  };
  return {
    call: (call) =>
      timed(call, async (signal) => {
        const opened = await open(call, signal);
        const value = decoded(opened.headers, await wholeText(opened, signal));
        if (opened.status >= 400) throw errorOf(opened.status, value);
        return { status: opened.status, value, warnings: warningsOf(opened.headers) };
      }),
    async watch(call) {
      const signal = anySignal(closed.signal, call.signal);
      const opened = await timed(call, (s) => openLasting(open, { ...call, query: { ...call.query, watch: 'true' } }, s));
      if (opened.status >= 400) throw errorOf(opened.status, decoded(opened.headers, await wholeText(opened, signal)));
      return frameStream(opened.stream, signal);
    },
    async open(call) {
      const signal = anySignal(closed.signal, call.signal);
      const opened = await timed(call, (s) => openLasting(open, call, s));
      if (opened.status >= 400) throw errorOf(opened.status, decoded(opened.headers, await wholeText(opened, signal)));
      signal.addEventListener('abort', () => opened.stream.close(constants.NGHTTP2_CANCEL), { once: true });
      return opened.stream;
    },
    async [Symbol.asyncDispose]() {
      closed.abort(new Error('the transport was closed'));
      session.close();
    },
  };
}

/** Only the head must come within the time-out: the stream outlives it. */
async function openLasting(
  open: (call: ApiCall, signal: AbortSignal) => Promise<StreamOpened>,
  call: ApiCall,
  signal: AbortSignal,
): Promise<StreamOpened> {
  const head = new AbortController();
  const onAbort = () => head.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await open(call, head.signal);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function anySignal(...signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.filter((s) => s !== undefined));
}

function tlsOf(options: HttpsTransportOptions) {
  const bytes = (pem: string | Uint8Array) => (typeof pem === 'string' ? pem : Buffer.from(pem));
  return {
    ...(options.ca === undefined ? {} : { ca: bytes(options.ca) }),
    ...(options.cert === undefined ? {} : { cert: bytes(options.cert) }),
    ...(options.key === undefined ? {} : { key: bytes(options.key) }),
    ...(options.tlsServerName === undefined ? {} : { servername: options.tlsServerName }),
    ...(options.insecureSkipTlsVerify === true ? { rejectUnauthorized: false } : {}),
  };
}

function tokenSource(options: HttpsTransportOptions): () => Promise<string | undefined> {
  const { token, tokenFile, clock } = options;
  if (options.tokenSource !== undefined) return options.tokenSource;
  if (tokenFile === undefined) return () => Promise.resolve(token);
  let read: { readonly token: Promise<string>; readonly atMs: number } | undefined;
  return () => {
    if (read === undefined || clock.monotonicMs() - read.atMs >= tokenFileMaxAgeMs) {
      read = { token: readFile(tokenFile, 'utf8').then((t) => t.trim()), atMs: clock.monotonicMs() };
      read.token.catch(() => {
        read = undefined;
      });
    }
    return read.token;
  };
}

function withQuery(call: ApiCall): string {
  const query = queryOf(call.query).toString();
  return query === '' ? call.path : `${call.path}?${query}`;
}

async function wholeText({ stream }: StreamOpened, signal: AbortSignal): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  const onAbort = () => stream.destroy(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    for await (const part of stream as AsyncIterable<Buffer>) {
      length += part.length;
      if (length > maxReplyBytes) throw new Error(`the reply is longer than ${maxReplyBytes} bytes`);
      parts.push(part);
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
  return Buffer.concat(parts).toString('utf8');
}

function decoded(headers: IncomingHttpHeaders, text: string): unknown {
  if (!String(headers['content-type'] ?? '').includes('json') || text === '') return text;
  return JSON.parse(text);
}

/** The texts of `Warning: 299 - "text"` headers (RFC 9111's predecessor, RFC 7234 §5.5). */
function warningsOf(headers: IncomingHttpHeaders): readonly string[] {
  const raw = headers['warning'];
  if (raw === undefined) return [];
  const found = String(raw).matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g);
  return [...found].map((m) => m[1]!.replace(/\\(.)/g, '$1'));
}

/** Newline-delimited frames, read as they come; what has not been read holds the peer back by flow control. */
export function frameStream(stream: Readable, signal: AbortSignal): WatchStream {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let rest: Buffer[] = [];
  let restLength = 0;
  let ended = false;
  const close = () => {
    if (ended) return;
    ended = true;
    signal.removeEventListener('abort', close);
    stream.destroy();
  };
  signal.addEventListener('abort', close, { once: true });
  if (signal.aborted) close();

  const take = (chunk: Buffer): readonly WatchFrame[] => {
    const end = chunk.lastIndexOf(10);
    if (end < 0) {
      rest.push(chunk);
      restLength += chunk.length;
      if (restLength > maxFrameBytes) throw new Error(`a watch frame is longer than ${maxFrameBytes} bytes`);
      return [];
    }
    const text = Buffer.concat([...rest, chunk.subarray(0, end)]).toString('utf8');
    rest = end + 1 < chunk.length ? [chunk.subarray(end + 1)] : [];
    restLength = chunk.length - end - 1;
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as WatchFrame);
  };
  return {
    async read() {
      while (!ended) {
        const next = await chunks.next().catch((error: unknown) => {
          // A stream cut by our own close, or by the peer between frames, is an end as any other.
          if (ended || isCut(error)) return { done: true as const, value: undefined };
          throw error;
        });
        if (next.done === true) break;
        const frames = take(next.value);
        if (frames.length > 0) return frames;
      }
      close();
      return undefined;
    },
    close,
  };
}

function isCut(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET' || code === 'ERR_HTTP2_STREAM_ERROR' || code === 'ERR_HTTP2_SESSION_ERROR';
}
