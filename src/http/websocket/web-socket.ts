import type { Duplex } from 'node:stream';
import { type Clock, type Logger, silentLogger, type Timer } from '../../base/index.ts';
import { binaryOpcode, closeOpcode, frameHead, noStatusCode, pingOpcode, pongOpcode, textOpcode, WebSocketFrameReader } from './frames.ts';

/** The code of a connection that ended without a close frame. */
const abnormalCode = 1006;
const protocolErrorCode = 1002;

export interface WebSocketOptions {
  readonly socket: Duplex;
  readonly clock: Clock;
  /** A piece of a message, text or binary. */
  readonly onData: (piece: { readonly first: boolean; readonly last: boolean; readonly bytes: Uint8Array }) => void;
  /** Once, with the code of the peer's close frame, 1006 where the connection ended without one. */
  readonly onClose: (code: number) => void;
  /** Anything came or went, pings too. */
  readonly onActivity?: () => void;
  readonly logger?: Logger;
  /** How long the peer has to answer our close frame; 10 s when absent. */
  readonly closeTimeoutMs?: number;
}

/** The server's end of a WebSocket: a thin shell around the framing. Starts reading when made. */
export class WebSocketConnection {
  readonly #options: WebSocketOptions;
  readonly #socket: Duplex;
  readonly #reader = new WebSocketFrameReader();
  readonly #logger: Logger;
  #closeSent = false;
  #ended = false;
  #closeTimer: Timer | undefined;

  constructor(options: WebSocketOptions) {
    this.#options = options;
    this.#logger = options.logger ?? silentLogger;
    const socket = (this.#socket = options.socket);
    socket.on('data', this.#onData);
    socket.on('end', () => this.#end(abnormalCode));
    socket.on('close', () => this.#end(abnormalCode));
    socket.on('error', (error) => this.#logger.debug('WebSocket error', { error }));
  }

  /** Sends one message whose bytes are `prefix` and `bytes`; `done` when the socket has taken it (or is gone). */
  send(bytes: Uint8Array, options: { readonly prefix?: Uint8Array; readonly text?: boolean; readonly done?: () => void } = {}): void {
    const { prefix, text, done } = options;
    if (!this.#writable) {
      done?.();
      return;
    }
    this.#options.onActivity?.();
    const socket = this.#socket;
    const head = frameHead(text === true ? textOpcode : binaryOpcode, bytes.length + (prefix?.length ?? 0));
    socket.cork();
    socket.write(prefix ? Buffer.concat([head, prefix]) : head);
    socket.write(bytes, () => done?.());
    socket.uncork();
  }

  ping(): void {
    if (this.#writable) this.#socket.write(frameHead(pingOpcode, 0));
  }

  /** Sends a close frame after what was sent before; the connection ends when the peer has answered it, or after the time-out. */
  close(code: number, reason = ''): void {
    if (!this.#writable) return;
    const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
    payload.writeUInt16BE(code, 0);
    payload.write(reason, 2);
    this.#socket.write(Buffer.concat([frameHead(closeOpcode, payload.length), payload]));
    this.#closeSent = true;
    this.#socket.resume();
    this.#closeTimer = this.#options.clock.after(this.#options.closeTimeoutMs ?? 10_000, () => this.destroy());
  }

  destroy(): void {
    this.#socket.destroy();
    this.#end(abnormalCode);
  }

  pause(): void {
    if (!this.#closeSent) this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  get #writable(): boolean {
    return !this.#closeSent && !this.#ended && !this.#socket.writableEnded && !this.#socket.destroyed;
  }

  readonly #onData = (bytes: Uint8Array): void => {
    if (this.#ended) return;
    this.#options.onActivity?.();
    try {
      for (const event of this.#reader.read(bytes)) {
        if (this.#ended) return;
        if (event.type === 'data') this.#options.onData(event);
        else if (event.type === 'ping') this.#pong(event.bytes);
        else if (event.type === 'close') return this.#onCloseFrame(event.code);
      }
    } catch (error) {
      this.#logger.debug('WebSocket protocol error', { error });
      this.close(protocolErrorCode);
      this.#socket.end();
      this.#end(abnormalCode);
    }
  };

  #pong(bytes: Uint8Array): void {
    if (this.#writable) this.#socket.write(Buffer.concat([frameHead(pongOpcode, bytes.length), bytes]));
  }

  #onCloseFrame(code: number): void {
    this.close(code === noStatusCode ? 1000 : code);
    this.#socket.end();
    this.#end(code);
  }

  #end(code: number): void {
    this.#closeTimer?.cancel();
    if (this.#ended) return;
    this.#ended = true;
    this.#socket.resume();
    if (!this.#socket.writableEnded && !this.#socket.destroyed) this.#socket.end();
    this.#options.onClose(code);
  }
}
