import { createServer as createNetServer, type Server as NetServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type SecureContextOptions, type Server as TlsServer, type TLSSocket } from 'node:tls';
import { type Logger, silentLogger } from '../../base/index.ts';
import type { WireHandler } from '../handler.ts';
import type { ServerContext } from './exchange.ts';
import { Http1Server } from './http1-server.ts';
import { Http2Connection } from './http2-connection.ts';
import { defaultServerLimits, type ServerLimits } from './limits.ts';

export interface TlsOptions {
  /** PEM. */
  readonly key: string;
  /** PEM, the server's own certificate first. */
  readonly cert: string;
  /** PEM: who may sign client certificates. With it clients are asked for one; none, or one that is not verified, is no error here. */
  readonly clientCa?: string;
}

/** Where to listen: an address (port 0 chooses one), a unix socket, or a server that listens already, perhaps in another namespace. */
export type Listen =
  | { readonly host?: string; readonly port: number }
  | { readonly path: string }
  | { readonly fd: number }
  | { readonly server: NetServer };

export interface ServeOptions {
  readonly handler: WireHandler;
  /** Without it HTTP/1.1 and HTTP/2 (prior knowledge) are served in the clear. */
  readonly tls?: TlsOptions;
  readonly listen: Listen | readonly Listen[];
  readonly logger?: Logger;
  readonly limits?: Partial<ServerLimits>;
}

export interface ServerHandle {
  /** Of the first listener; 0 for a unix socket. */
  readonly port: number;
  /** `https://HOST:PORT` of the first listener, wildcards shown as 127.0.0.1. */
  readonly url: string;
  /** New connections get these; old ones keep what they have. Throws, changing nothing, where key and certificate do not fit. */
  reloadCertificates(tls: TlsOptions): void;
  /** Takes no more connections, ends watches and upgrades, waits for ordinary requests up to `deadlineMs` (2 s when absent), ends the rest. */
  close(options?: { readonly deadlineMs?: number }): Promise<void>;
}

const preface = 'PRI * HTTP/2.0';

function secureOptions(tls: TlsOptions): SecureContextOptions {
  return { key: tls.key, cert: tls.cert, ...(tls.clientCa === undefined ? {} : { ca: tls.clientCa }), minVersion: 'TLSv1.2' };
}

class HttpServer implements ServerHandle {
  readonly #context: ServerContext;
  readonly #http1: Http1Server;
  readonly #tls: TlsServer | undefined;
  readonly #listeners: { readonly server: NetServer; readonly onConnection: (socket: Socket) => void }[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #http2 = new Set<Http2Connection>();
  #closing: Promise<void> | undefined;
  port = 0;
  url = '';

  constructor(options: ServeOptions) {
    const limits = { ...defaultServerLimits, ...options.limits };
    this.#context = { handler: options.handler, logger: options.logger ?? silentLogger, limits, exchanges: new Set(), draining: false };
    this.#http1 = new Http1Server(this.#context);
    if (options.tls) this.#tls = this.#createTls(options.tls, limits);
  }

  async listen(places: readonly Listen[]): Promise<this> {
    for (const place of places) await this.#listenAt(place);
    const first = this.#listeners[0]?.server.address();
    const scheme = this.#tls ? 'https' : 'http';
    if (typeof first === 'string') this.url = `${scheme}+unix://${first}`;
    else if (first) {
      const wildcard = first.address === '::' || first.address === '0.0.0.0';
      const host = wildcard ? '127.0.0.1' : first.family === 'IPv6' ? `[${first.address}]` : first.address;
      this.port = first.port;
      this.url = `${scheme}://${host}:${first.port}`;
    }
    return this;
  }

  reloadCertificates(tls: TlsOptions): void {
    this.#tls?.setSecureContext(secureOptions(tls));
  }

  close(options: { readonly deadlineMs?: number } = {}): Promise<void> {
    return (this.#closing ??= this.#close(options.deadlineMs ?? 2000));
  }

  #createTls(tls: TlsOptions, limits: ServerLimits): TlsServer {
    const server = createTlsServer({
      ...secureOptions(tls),
      requestCert: tls.clientCa !== undefined,
      rejectUnauthorized: false,
      ALPNProtocols: ['h2', 'http/1.1'],
      handshakeTimeout: limits.headerTimeoutMs,
    });
    server.on('secureConnection', (socket) => this.#onSecure(socket));
    server.on('tlsClientError', (error, socket) => {
      this.#context.logger.debug('TLS handshake failed', { error });
      socket.destroy();
    });
    return server;
  }

  async #listenAt(place: Listen): Promise<void> {
    // Half-open: HTTP/1.1 clients may end their side and still await the reply.
    const server = 'server' in place ? place.server : createNetServer({ allowHalfOpen: this.#tls === undefined, noDelay: true, keepAlive: true });
    const onConnection = (socket: Socket) => this.#onConnection(socket);
    server.on('connection', onConnection);
    this.#listeners.push({ server, onConnection });
    if ('server' in place) return;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen('port' in place ? { host: place.host ?? '127.0.0.1', port: place.port } : place, () => {
        server.off('error', reject);
        resolve();
      });
    });
    server.on('error', (error) => this.#context.logger.error('listener failed', { error }));
  }

  #onConnection(socket: Socket): void {
    if (this.#closing || this.#sockets.size >= this.#context.limits.maxConnections) return void socket.destroy();
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', (error) => this.#context.logger.debug('socket error', { error }));
    if (this.#tls) this.#tls.emit('connection', socket);
    else this.#sniff(socket);
  }

  #onSecure(socket: TLSSocket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', (error) => this.#context.logger.debug('TLS socket error', { error }));
    // kubectl's upgrade connections offer no ALPN: that means HTTP/1.1.
    if (socket.alpnProtocol === 'h2') this.#startHttp2(socket);
    else this.#http1.accept(socket);
  }

  #startHttp2(socket: Socket): void {
    const connection = new Http2Connection(this.#context, socket);
    this.#http2.add(connection);
    socket.on('close', () => this.#http2.delete(connection));
  }

  /** In the clear: HTTP/2 is told from HTTP/1.1 by its preface. */
  #sniff(socket: Socket): void {
    socket.setTimeout(this.#context.limits.headerTimeoutMs, () => socket.destroy());
    const onData = (chunk: Buffer) => {
      const text = chunk.toString('latin1', 0, preface.length);
      socket.off('data', onData);
      socket.pause();
      socket.setTimeout(0).removeAllListeners('timeout');
      socket.unshift(chunk);
      if (preface.startsWith(text)) return this.#startHttp2(socket);
      this.#http1.accept(socket);
      socket.resume();
    };
    socket.on('data', onData);
    socket.once('end', () => {
      if (socket.bytesRead === 0) socket.end();
    });
  }

  async #close(deadlineMs: number): Promise<void> {
    this.#context.draining = true;
    const closed = this.#listeners.map(({ server, onConnection }) => {
      server.off('connection', onConnection);
      return new Promise<void>((resolve) => {
        if (server.listening) server.close(() => resolve());
        else resolve();
      });
    });
    for (const exchange of [...this.#context.exchanges]) exchange.endIfLongRunning();
    for (const connection of this.#http2) connection.close();
    this.#http1.closeIdle();
    await this.#drained(deadlineMs);
    for (const exchange of [...this.#context.exchanges]) exchange.destroy();
    for (const connection of this.#http2) connection.destroy();
    this.#http1.close();
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  /** Resolves when the last exchange has ended, or at the deadline. */
  async #drained(deadlineMs: number): Promise<void> {
    const until = performance.now() + deadlineMs;
    while (this.#context.exchanges.size > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Starts a server; resolves when it listens. Rejects with the error of `listen` (EADDRINUSE, EACCES) or of bad key material. */
export function serve(options: ServeOptions): Promise<ServerHandle> {
  const places = Array.isArray(options.listen) ? (options.listen as readonly Listen[]) : [options.listen as Listen];
  return new HttpServer(options).listen(places);
}
