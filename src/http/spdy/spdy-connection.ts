import type { Duplex } from 'node:stream';
import { type Logger, silentLogger } from '../../base/index.ts';
import { protocolErrorStatus, type SpdyFrame, SpdyFrameReader, SpdyFrameWriter } from './frames.ts';
import type { SpdyHeaders } from './header-block.ts';
import { SpdyStream, type StreamCarrier } from './spdy-stream.ts';

export interface SpdyConnectionOptions {
  readonly role: 'server' | 'client';
  /** Bytes in both directions, past the handshake: a socket, or a tunnel through WebSocket messages. */
  readonly socket: Duplex;
  /** A stream that the peer opened. It must be replied to or reset at once; what is not read holds the connection. */
  readonly onStream?: (stream: SpdyStream) => void;
  /** Once, when nothing more can come. */
  readonly onClose?: () => void;
  /** Bytes or pings have come or gone: for idle limits. */
  readonly onActivity?: () => void;
  readonly logger?: Logger;
  /** Streams open at a time; more are reset. 1,024 when absent. */
  readonly maxStreams?: number;
}

const maxDataBytes = 0xffffff;
const refusedStreamStatus = 3;
const internalErrorStatus = 6;

/** A thin shell: frames from and to one socket. Starts reading when made; its streams are paused by pausing the socket. */
export class SpdyConnection implements StreamCarrier {
  readonly #options: SpdyConnectionOptions;
  readonly #socket: Duplex;
  readonly #reader = new SpdyFrameReader();
  readonly #writer = new SpdyFrameWriter();
  readonly #streams = new Map<number, SpdyStream>();
  readonly #blocked = new Set<SpdyStream>();
  readonly #logger: Logger;
  #nextId: number;
  #nextPing: number;
  #lastRemoteId = 0;
  #closing = false;
  #closed = false;

  constructor(options: SpdyConnectionOptions) {
    this.#options = options;
    this.#socket = options.socket;
    this.#logger = options.logger ?? silentLogger;
    this.#nextId = options.role === 'client' ? 1 : 2;
    this.#nextPing = options.role === 'client' ? 1 : 2;
    const socket = options.socket;
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('close', this.#onEnd);
    socket.on('error', (error) => {
      this.#logger.debug('SPDY socket error', { error });
      this.#onEnd();
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Opens a stream. Throws once the connection has ended. */
  open(headers: SpdyHeaders): SpdyStream {
    if (this.#closed || this.#closing) throw new Error('the connection has ended');
    const stream = new SpdyStream(this, this.#nextId, headers);
    this.#nextId += 2;
    this.#streams.set(stream.id, stream);
    this.#send(this.#writer.synStream(stream.id, headers));
    return stream;
  }

  /** Asks for a sign of life; the answer counts as activity. */
  ping(): void {
    if (this.#closed || this.#closing) return;
    this.#send(this.#writer.ping(this.#nextPing));
    this.#nextPing = (this.#nextPing + 2) % 0x7ffffffe;
  }

  /** GOAWAY, then the end of our side; all that was written before goes out first. */
  close(): void {
    if (this.#closing || this.#closed) return;
    this.#closing = true;
    if (!this.#socket.writableEnded && !this.#socket.destroyed) this.#socket.end(this.#writer.goAway(this.#lastRemoteId, 0));
    this.#socket.resume();
  }

  /** Ends it at once. */
  destroy(): void {
    this.#socket.destroy();
    this.#onEnd();
  }

  sendReply(stream: SpdyStream): void {
    this.#send(this.#writer.synReply(stream.id, new Map()));
  }

  sendData(stream: SpdyStream, bytes: Uint8Array, done: (error?: Error | null) => void): void {
    if (this.#closed || this.#closing) return done();
    this.#options.onActivity?.();
    this.#socket.cork();
    for (let at = 0; at < bytes.length; at += maxDataBytes) {
      const piece = bytes.subarray(at, at + maxDataBytes);
      this.#socket.write(this.#writer.dataHead(stream.id, piece.length));
      // A failing socket ends every stream by itself: writers only have to go on.
      this.#socket.write(piece, at + maxDataBytes >= bytes.length ? () => done() : undefined);
    }
    if (bytes.length === 0) done();
    this.#socket.uncork();
  }

  sendFin(stream: SpdyStream, done: (error?: Error | null) => void): void {
    this.#send(this.#writer.dataHead(stream.id, 0, true));
    done();
  }

  sendReset(stream: SpdyStream, status: number): void {
    this.#send(this.#writer.rstStream(stream.id, status));
  }

  flow(stream: SpdyStream, open: boolean): void {
    if (!open) {
      this.#blocked.add(stream);
      this.#socket.pause();
    } else if (this.#blocked.delete(stream) && this.#blocked.size === 0) this.#socket.resume();
  }

  forget(stream: SpdyStream): void {
    this.#streams.delete(stream.id);
  }

  #send(frame: Buffer): void {
    if (this.#closed || this.#closing || this.#socket.writableEnded || this.#socket.destroyed) return;
    this.#socket.write(frame);
  }

  readonly #onData = (bytes: Uint8Array): void => {
    if (this.#closed) return;
    this.#options.onActivity?.();
    try {
      for (const frame of this.#reader.read(bytes)) this.#onFrame(frame);
    } catch (error) {
      this.#logger.debug('SPDY protocol error', { error });
      this.destroy();
    }
  };

  #onFrame(frame: SpdyFrame): void {
    switch (frame.type) {
      case 'synStream':
        return this.#onSynStream(frame.id, frame.headers, frame.fin);
      case 'synReply':
        if (frame.fin) this.#streams.get(frame.id)?.endOfRemote('fin');
        return;
      case 'data': {
        const stream = this.#streams.get(frame.id);
        stream?.receive(frame.bytes);
        if (frame.fin) stream?.endOfRemote('fin');
        return;
      }
      case 'rstStream':
        return this.#streams.get(frame.id)?.endOfRemote('reset');
      case 'ping':
        // Only what the peer began is echoed: an echo of an echo would never end.
        if (frame.id % 2 === (this.#options.role === 'server' ? 1 : 0)) this.#send(this.#writer.ping(frame.id));
        return;
      case 'goAway':
        return this.#onEnd();
    }
  }

  #onSynStream(id: number, headers: SpdyHeaders, fin: boolean): void {
    const stream = new SpdyStream(this, id, headers);
    const { role, onStream, maxStreams = 1024 } = this.#options;
    const proper = id > this.#lastRemoteId && id % 2 === (role === 'server' ? 1 : 0);
    if (!proper) return stream.reset(protocolErrorStatus);
    this.#lastRemoteId = id;
    if (!onStream || this.#streams.size >= maxStreams) return stream.reset(refusedStreamStatus);
    this.#streams.set(id, stream);
    try {
      onStream(stream);
    } catch (error) {
      this.#logger.error('a stream could not be taken', { error });
      stream.reset(internalErrorStatus);
    }
    if (fin) stream.endOfRemote('fin');
  }

  readonly #onEnd = (): void => {
    if (this.#closed) return;
    this.#closed = true;
    for (const stream of [...this.#streams.values()]) stream.endOfRemote('lost');
    this.#blocked.clear();
    this.#socket.resume();
    if (!this.#socket.writableEnded && !this.#socket.destroyed) this.#socket.end();
    this.#options.onClose?.();
  };
}
