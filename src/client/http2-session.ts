import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2';
import type { SecureContextOptions } from 'node:tls';
import type { Clock, Rng, Timer } from '../base/index.ts';
import { Backoff } from './backoff.ts';

export interface SessionOptions {
  /** `https://host:port`; `http://` speaks HTTP/2 without TLS (tests). */
  readonly server: string;
  readonly tls: SecureContextOptions & { readonly rejectUnauthorized?: boolean; readonly servername?: string };
  readonly clock: Clock;
  readonly rng: Rng;
}

export interface StreamOpened {
  readonly stream: ClientHttp2Stream;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

const connectTimeoutMs = 10_000;
/** A peer that says nothing for so long is asked (PING), and dropped when it does not answer in time (client-go: 30 s and 15 s). */
const pingAfterMs = 30_000;
const pingTimeoutMs = 15_000;
/** Bytes a stream may have in flight: lists are large, the default of 64 KiB costs a round trip each. */
const windowBytes = 1024 * 1024;

/** One HTTP/2 connection shared by all calls, made when needed and anew when lost; after failures with back-off. */
export class SharedSession {
  readonly #options: SessionOptions;
  readonly #backoff: Backoff;
  /** The connection that new requests take: coming or there. Older ones may still have streams at work. */
  #current: { readonly session: ClientHttp2Session; readonly ready: Promise<ClientHttp2Session> } | undefined;
  #notBeforeMs = 0;
  #pingTimer: Timer | undefined;
  #closed = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#backoff = new Backoff({ clock: options.clock, rng: options.rng, initialMs: 50, maxMs: 5_000, resetAfterMs: 60_000 });
  }

  /** Sends one request; resolves with the response's head. A request the server surely did not process is sent once more. */
  async request(headers: OutgoingHttpHeaders, body: Uint8Array | undefined, signal: AbortSignal): Promise<StreamOpened> {
    try {
      return await this.#attempt(headers, body, signal);
    } catch (error) {
      if (signal.aborted || !wasNotProcessed(error)) throw error;
      return await this.#attempt(headers, body, signal);
    }
  }

  /** Ends the connection with all its streams; further requests fail. */
  close(): void {
    this.#closed = true;
    this.#drop();
  }

  async #attempt(headers: OutgoingHttpHeaders, body: Uint8Array | undefined, signal: AbortSignal): Promise<StreamOpened> {
    const session = await this.#connected(signal);
    const stream = session.request(headers, { endStream: body === undefined });
    if (body !== undefined) stream.end(body);
    return await headOf(stream, signal);
  }

  async #connected(signal: AbortSignal): Promise<ClientHttp2Session> {
    if (this.#closed) throw new Error('the transport was closed');
    const { clock } = this.#options;
    const waitMs = this.#notBeforeMs - clock.monotonicMs();
    if (this.#current === undefined && waitMs > 0) await clock.sleep(waitMs, signal);
    signal.throwIfAborted();
    this.#current ??= this.#connect();
    return await this.#current.ready;
  }

  #connect(): { readonly session: ClientHttp2Session; readonly ready: Promise<ClientHttp2Session> } {
    const { server, tls, clock } = this.#options;
    const session = connect(server, { ...tls, ALPNProtocols: ['h2'], settings: { initialWindowSize: windowBytes, enablePush: false } });
    session.unref();
    const ready = new Promise<ClientHttp2Session>((resolve, reject) => {
      const timer = clock.after(connectTimeoutMs, () => session.destroy(new Error(`connecting to ${server} timed out`)));
      session.once('connect', () => {
        timer.cancel();
        session.setLocalWindowSize(16 * windowBytes);
        if (this.#current?.session === session) this.#watchOver(session);
        resolve(session);
      });
      session.on('error', (error: Error) => {
        this.#notBeforeMs = clock.monotonicMs() + this.#backoff.nextMs();
        this.#forget(session);
        reject(error);
      });
      session.on('close', () => {
        timer.cancel();
        this.#forget(session);
        reject(new Error(`the connection to ${server} was closed`));
      });
      // The streams at work may end; new ones need a new connection.
      session.on('goaway', () => this.#forget(session));
    });
    // Whoever waits for it hears of a failure; nobody may be waiting.
    ready.catch(() => undefined);
    return { session, ready };
  }

  #forget(session: ClientHttp2Session): void {
    if (this.#current?.session !== session) return;
    this.#current = undefined;
    this.#pingTimer?.cancel();
  }

  #drop(): void {
    this.#pingTimer?.cancel();
    this.#current?.session.destroy();
    this.#current = undefined;
  }

  #watchOver(session: ClientHttp2Session): void {
    const { clock } = this.#options;
    this.#pingTimer = clock.after(pingAfterMs, () => {
      if (session.destroyed || session.closed) return;
      const timeout = clock.after(pingTimeoutMs, () => session.destroy(new Error('the server does not answer pings')));
      session.ping(() => {
        timeout.cancel();
        if (this.#current?.session === session) this.#watchOver(session);
      });
    });
  }
}

function headOf(stream: ClientHttp2Stream, signal: AbortSignal): Promise<StreamOpened> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      stream.close(constants.NGHTTP2_CANCEL);
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    stream.once('close', () => {
      signal.removeEventListener('abort', onAbort);
      reject(new Error('the stream was closed before a response'));
    });
    stream.on('error', (error: Error) => reject(error));
    stream.once('response', (headers) => resolve({ stream, headers, status: Number(headers[':status']) }));
    if (signal.aborted) onAbort();
  });
}

/** GOAWAY or REFUSED_STREAM before the stream began: safe to send again, whatever the method (RFC 9113 §8.7). */
function wasNotProcessed(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return code === 'ERR_HTTP2_GOAWAY_SESSION' || code === 'ERR_HTTP2_INVALID_SESSION' || error.message.includes('NGHTTP2_REFUSED_STREAM');
}
