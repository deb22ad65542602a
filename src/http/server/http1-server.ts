import { createServer, type IncomingMessage, type Server, ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { UpgradeReply, WireReply } from '../reply.ts';
import type { Connection, Headers } from '../request.ts';
import { connectionOf } from './connection.ts';
import { type Exchange, internalError, type ServerContext } from './exchange.ts';
import { Pump } from './pump.ts';
import { noBody, originForm, ServerRequest, StreamBody } from './server-request.ts';

/** How long a refused connection is read from, as Go's server has it. */
const lingerMs = 500;

/** The upgrades that handlers may be asked for; any other (`h2c`) is ignored, as RFC 9110 §7.8 allows. */
function upgradeProtocol(message: IncomingMessage): string | undefined {
  const protocol = message.headers.upgrade;
  if (protocol === undefined || !/\bupgrade\b/i.test(message.headers.connection ?? '')) return undefined;
  return /^(websocket|spdy\/3\.1)$/i.test(protocol) ? protocol : undefined;
}

class Http1Exchange implements Exchange {
  readonly #context: ServerContext;
  readonly #message: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #request: ServerRequest;
  #pump: Pump | undefined;
  #longRunning = false;

  constructor(context: ServerContext, ends: { message: IncomingMessage; response: ServerResponse }, request: ServerRequest) {
    this.#context = context;
    this.#message = ends.message;
    this.#response = ends.response;
    this.#request = request;
    context.exchanges.add(this);
    this.#response.on('close', this.#onClose);
    this.#response.on('error', this.#onError);
    this.#message.on('error', this.#onError);
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
    this.#message.socket.destroy();
  }

  readonly #onReply = (reply: WireReply): void => {
    try {
      this.send(reply);
    } catch (error) {
      this.#onFailure(error);
    }
  };

  send(reply: WireReply): void {
    const response = this.#response;
    if (reply.kind === 'upgrade') return this.#sendText(400, 'the request asked for no upgrade\n');
    // A body that nobody read to its end would have to be read before the next request: rather close.
    if (this.#context.draining || !this.#message.complete) response.setHeader('connection', 'close');
    response.writeHead(reply.status, reply.headers as Record<string, string | string[]>);
    const body = reply.body;
    if (body instanceof Uint8Array) {
      response.end(body);
      return;
    }
    response.flushHeaders();
    this.#longRunning = reply.longRunning === true;
    this.#pump = new Pump(body, response);
    if (response.destroyed || this.#message.method === 'HEAD') this.#pump.stop();
    else if (this.#context.draining && this.#longRunning) this.endIfLongRunning();
    else this.#pump.run(this.#onBrokenBody);
  }

  #sendText(status: number, text: string): void {
    this.#response.writeHead(status, { 'content-type': internalError.contentType, connection: 'close' });
    this.#response.end(text);
  }

  readonly #onFailure = (error: unknown): void => {
    this.#context.logger.error('a request could not be answered', { error, method: this.#request.method, path: this.#request.path });
    if (this.#response.headersSent) this.#message.socket.destroy();
    else this.#sendText(internalError.status, internalError.body.toString());
  };

  readonly #onBrokenBody = (error: Error): void => {
    this.#context.logger.warn('a reply ended early', { error, path: this.#request.path });
    this.#message.socket.destroy();
  };

  readonly #onError = (error: Error): void => {
    this.#context.logger.debug('connection error', { error });
  };

  readonly #onClose = (): void => {
    this.#context.exchanges.delete(this);
    if (!this.#response.writableFinished) this.#request.abort();
  };
}

class UpgradedExchange implements Exchange {
  readonly #request: ServerRequest;
  readonly #socket: Duplex;

  constructor(context: ServerContext, socket: Duplex, request: ServerRequest) {
    this.#request = request;
    this.#socket = socket;
    context.exchanges.add(this);
    socket.on('close', () => {
      context.exchanges.delete(this);
      request.abort();
    });
  }

  endIfLongRunning(): void {
    this.destroy();
  }

  destroy(): void {
    this.#request.abort();
    this.#socket.destroy();
  }
}

/** Writes the 101 by hand, and hands the socket over with what the client has sent already. */
function switchProtocols(reply: UpgradeReply, socket: Duplex, head: Uint8Array): void {
  const lines = [`HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? 'Switching Protocols'}`];
  for (const [name, value] of Object.entries(reply.headers ?? {})) {
    if (/[\r\n]/.test(name + value)) throw new Error(`header ${name} has a line break`);
    lines.push(`${name}: ${value}`);
  }
  socket.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  if (head.length > 0) socket.unshift(head);
  reply.accept(socket);
}

/** Serves connections that speak HTTP/1.1: they are given to `accept`, nothing listens here. */
export class Http1Server {
  readonly #context: ServerContext;
  readonly #server: Server;
  readonly #connections = new WeakMap<object, Connection>();

  constructor(context: ServerContext) {
    const { limits } = context;
    this.#context = context;
    const options = {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headerTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.idleTimeoutMs,
      connectionsCheckingInterval: Math.min(5000, limits.headerTimeoutMs),
      noDelay: true,
      // Absent before Node 24.9, where every upgrade comes to 'upgrade'.
      shouldUpgradeCallback: (message: IncomingMessage) => upgradeProtocol(message) !== undefined,
    };
    this.#server = createServer(options, (message, response) => this.#onRequest(message, response));
    this.#server.timeout = 0;
    this.#server.maxHeadersCount = 256;
    this.#server.on('upgrade', (message, socket, head) => this.#onUpgrade(message, socket, head));
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket) => this.#onClientError(error, socket));
    // Node starts its check of header and request time-outs when a server listens; this one never does.
    this.#server.emit('listening');
  }

  accept(socket: Socket): void {
    this.#connections.set(socket, connectionOf(socket));
    this.#server.emit('connection', socket);
  }

  closeIdle(): void {
    this.#server.closeIdleConnections();
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #request(message: IncomingMessage, upgrade?: string): ServerRequest | undefined {
    const target = originForm(message.url);
    if (target === undefined) return undefined;
    if (message.headers['set-cookie'] !== undefined) delete message.headers['set-cookie'];
    const hasBody = message.headers['content-length'] !== undefined || message.headers['transfer-encoding'] !== undefined;
    return new ServerRequest({
      method: message.method ?? 'GET',
      target,
      headers: message.headers as Headers,
      rawHeaders: message.rawHeaders,
      body: hasBody && upgrade === undefined ? new StreamBody(message, message.headers['content-length']) : noBody,
      connection: this.#connections.get(message.socket) ?? connectionOf(message.socket),
      ...(upgrade === undefined ? {} : { upgrade: { protocol: upgrade } }),
    });
  }

  #onRequest(message: IncomingMessage, response: ServerResponse): void {
    const request = this.#request(message);
    if (request) return new Http1Exchange(this.#context, { message, response }, request).run();
    response.writeHead(400, { connection: 'close' });
    response.end();
  }

  #onUpgrade(message: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', (error) => this.#context.logger.debug('upgraded connection error', { error }));
    const request = this.#request(message, upgradeProtocol(message));
    if (!request) return void socket.destroy();
    const exchange = new UpgradedExchange(this.#context, socket, request);
    const answer = (reply: WireReply) => {
      if (socket.destroyed) return;
      if (reply.kind === 'upgrade') return switchProtocols(reply, socket, head);
      this.#refuseUpgrade(reply, message);
    };
    this.#context
      .handler(request)
      .then(answer)
      .catch((error: unknown) => {
        this.#context.logger.error('an upgrade could not be answered', { error, path: request.path });
        exchange.destroy();
      });
  }

  /** An ordinary reply to a request that asked for an upgrade: the parser is gone, so the connection ends with it. */
  #refuseUpgrade(reply: Extract<WireReply, { kind: 'bytes' }>, message: IncomingMessage): void {
    const response = new ServerResponse(message);
    response.shouldKeepAlive = false;
    response.assignSocket(message.socket);
    response.on('finish', () => message.socket.end());
    response.on('error', () => {});
    response.writeHead(reply.status, { ...(reply.headers as Record<string, string | string[]>), connection: 'close' });
    if (reply.body instanceof Uint8Array) response.end(reply.body);
    else new Pump(reply.body, response).run(() => message.socket.destroy());
  }

  #onClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
    if (socket.writableEnded) return;
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
    const line = `${status} ${STATUS_CODES[status]}`;
    socket.end(`HTTP/1.1 ${line}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${line}`);
    // Closing while the client still sends would reset the connection and take the answer away (RFC 9112 §9.6).
    socket
      .removeAllListeners('data')
      .on('data', () => {})
      .resume();
    setTimeout(() => socket.destroy(), lingerMs).unref();
  }
}
