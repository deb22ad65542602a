import {
  constants,
  performServerHandshake,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { WireReply } from '../reply.ts';
import type { Connection, Headers } from '../request.ts';
import { connectionOf } from './connection.ts';
import { type Exchange, internalError, type ServerContext } from './exchange.ts';
import { Pump } from './pump.ts';
import { noBody, originForm, ServerRequest, StreamBody } from './server-request.ts';

const endStreamFlag = constants.NGHTTP2_FLAG_END_STREAM;
/** Of a stream and of a connection: bodies of 3 MB must not wait for many round trips. */
const streamWindowBytes = 512 * 1024;
const connectionWindowBytes = 2 * 1024 * 1024;
/** Headers that HTTP/2 forbids (RFC 9113 §8.2.2). */
const connectionHeaders = ['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'];

class Http2Exchange implements Exchange {
  readonly #context: ServerContext;
  readonly #stream: ServerHttp2Stream;
  readonly #request: ServerRequest;
  readonly #hasBody: boolean;
  #pump: Pump | undefined;
  #longRunning = false;

  constructor(context: ServerContext, stream: ServerHttp2Stream, start: { request: ServerRequest; hasBody: boolean }) {
    this.#context = context;
    this.#stream = stream;
    this.#request = start.request;
    this.#hasBody = start.hasBody;
    context.exchanges.add(this);
    stream.on('close', this.#onClose);
    stream.on('aborted', this.#onAborted);
    stream.on('error', this.#onError);
  }

  run(): void {
    this.#context.handler(this.#request).then(this.#onReply, this.#onFailure);
  }

  endIfLongRunning(): void {
    if (!this.#longRunning) return;
    this.#request.abort();
    this.#pump?.stop();
  }

  destroy(): void {
    this.#request.abort();
    this.#stream.destroy();
  }

  readonly #onReply = (reply: WireReply): void => {
    const stream = this.#stream;
    if (stream.destroyed || stream.closed) {
      if (reply.kind === 'bytes' && !(reply.body instanceof Uint8Array)) new Pump(reply.body, stream).stop();
      return;
    }
    try {
      this.#send(reply);
    } catch (error) {
      this.#onFailure(error);
    }
  };

  #send(reply: WireReply): void {
    const stream = this.#stream;
    if (reply.kind === 'upgrade') return this.#sendText(400, 'an upgrade needs HTTP/1.1\n');
    const headers = responseHeaders(reply.status, reply.headers);
    const body = reply.body;
    if (body instanceof Uint8Array) {
      if (body.length === 0 || this.#request.method === 'HEAD') stream.respond(headers, { endStream: true });
      else {
        stream.respond(headers);
        stream.end(body);
      }
      if (this.#hasBody) this.#dropBody();
      return;
    }
    stream.respond(headers);
    this.#longRunning = reply.longRunning === true;
    this.#pump = new Pump(body, stream);
    if (this.#context.draining) this.endIfLongRunning();
    else this.#pump.run(this.#onBrokenBody);
  }

  #sendText(status: number, text: string): void {
    this.#stream.respond({ ':status': status, 'content-type': internalError.contentType });
    this.#stream.end(text);
  }

  /** What nobody read of the request would hold the stream open: RFC 9113 §8.1 has it reset without an error. */
  #dropBody(): void {
    const stream = this.#stream;
    if (stream.readableEnded) return;
    stream.once('finish', () => {
      if (!stream.readableEnded && !stream.closed) stream.close(constants.NGHTTP2_NO_ERROR);
    });
  }

  readonly #onFailure = (error: unknown): void => {
    this.#context.logger.error('a request could not be answered', { error, method: this.#request.method, path: this.#request.path });
    const stream = this.#stream;
    if (stream.destroyed || stream.closed) return;
    if (stream.headersSent) stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    else this.#sendText(internalError.status, internalError.body.toString());
  };

  readonly #onBrokenBody = (error: Error): void => {
    this.#context.logger.warn('a reply ended early', { error, path: this.#request.path });
    if (!this.#stream.destroyed) this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  };

  readonly #onError = (error: Error): void => {
    this.#context.logger.debug('stream error', { error });
  };

  /** A reset by the client. Node would wait until the rest of the body had been read. */
  readonly #onAborted = (): void => {
    this.#stream.destroy();
  };

  readonly #onClose = (): void => {
    this.#context.exchanges.delete(this);
    if (!this.#stream.writableFinished) this.#request.abort();
  };
}

function responseHeaders(status: number, headers: Readonly<Record<string, string | readonly string[]>>): OutgoingHttpHeaders {
  const out: Record<string, string | number | readonly string[]> = { ':status': status, ...headers };
  for (const name of connectionHeaders) if (out[name] !== undefined) delete out[name];
  return out as OutgoingHttpHeaders;
}

/** The request's headers as every handler sees them: `host` is there, `set-cookie` (the one that Node gives as a list) is not. */
function requestHeaders(headers: IncomingHttpHeaders): Headers {
  if (headers.host === undefined && headers[':authority'] !== undefined) headers.host = headers[':authority'];
  if (headers['set-cookie'] !== undefined) delete headers['set-cookie'];
  return headers as Headers;
}

/** Serves one connection that speaks HTTP/2. */
export class Http2Connection {
  readonly #context: ServerContext;
  readonly #session: ServerHttp2Session;
  readonly #connection: Connection;
  #openStreams = 0;

  constructor(context: ServerContext, socket: Socket) {
    const { limits } = context;
    this.#context = context;
    this.#connection = connectionOf(socket);
    this.#session = performServerHandshake(socket, {
      settings: {
        maxConcurrentStreams: limits.maxConcurrentStreams,
        initialWindowSize: streamWindowBytes,
        maxHeaderListSize: limits.maxHeaderBytes,
        enablePush: false,
      },
      maxSessionMemory: limits.maxSessionMemoryMiB,
      maxHeaderListPairs: 256,
      maxSessionInvalidFrames: 100,
    });
    const session = this.#session;
    session.setLocalWindowSize(connectionWindowBytes);
    session.on('stream', this.#onStream);
    session.on('error', (error) => context.logger.debug('HTTP/2 connection error', { error }));
    session.setTimeout(limits.idleTimeoutMs, () => {
      if (this.#openStreams === 0) session.close();
    });
    socket.once('end', () => session.destroy());
  }

  /** Tells the client to go elsewhere; what is in progress goes on. */
  close(): void {
    if (!this.#session.closed && !this.#session.destroyed) this.#session.close();
  }

  destroy(): void {
    this.#session.destroy();
  }

  readonly #onStream = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number, rawHeaders: string[]): void => {
    this.#openStreams++;
    stream.on('close', this.#onStreamClose);
    const target = originForm(headers[':path']);
    if (target === undefined) {
      stream.on('error', () => {});
      stream.respond({ ':status': 400 }, { endStream: true });
      return;
    }
    const hasBody = (flags & endStreamFlag) === 0;
    if (hasBody && headers.expect === '100-continue') stream.additionalHeaders({ ':status': 100 });
    const request = new ServerRequest({
      method: headers[':method'] ?? 'GET',
      target,
      headers: requestHeaders(headers),
      rawHeaders,
      body: hasBody ? new StreamBody(stream, headers['content-length']) : noBody,
      connection: this.#connection,
    });
    new Http2Exchange(this.#context, stream, { request, hasBody }).run();
  };

  readonly #onStreamClose = (): void => {
    this.#openStreams--;
  };
}
