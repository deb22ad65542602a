import { Duplex, Writable } from 'node:stream';
import type { Clock, Logger } from '../../base/index.ts';
import { WebSocketConnection } from '../../http/index.ts';

/** Second byte of a v5 CLOSE: the channel that the client half-closes. */
const closeChannel = 255;
const readBufferBytes = 256 * 1024;
/** Of one base64 message: it must be whole to be decoded. */
const maxBase64Bytes = 8 * 1024 * 1024;

export interface ChannelsOptions {
  readonly socket: Duplex;
  readonly clock: Clock;
  readonly logger?: Logger;
  readonly base64: boolean;
  /** Whether 255 means CLOSE (v5). */
  readonly halfClose: boolean;
  /** Channels that the client may write to. Others are dropped in silence. */
  readonly inputs: readonly number[];
  readonly onClose: () => void;
  readonly onActivity?: () => void;
}

/** Streams over the messages of one WebSocket: the first byte (or base64 digit) of a message is its channel. */
export class WebSocketChannels {
  readonly #options: ChannelsOptions;
  readonly #inputs = new Map<number, Duplex>();
  readonly #blocked = new Set<number>();
  readonly #webSocket: WebSocketConnection;
  #channel: number | undefined;
  #closeBytes: number[] = [];
  #base64 = '';

  constructor(options: ChannelsOptions) {
    this.#options = options;
    for (const channel of options.inputs) this.#inputs.set(channel, this.#duplex(channel));
    this.#webSocket = new WebSocketConnection({
      socket: options.socket,
      clock: options.clock,
      ...(options.logger ? { logger: options.logger } : {}),
      ...(options.onActivity ? { onActivity: options.onActivity } : {}),
      onData: (piece) => this.#onData(piece),
      onClose: () => {
        for (const input of this.#inputs.values()) if (!input.destroyed) input.push(null);
        this.#blocked.clear();
        options.onClose();
      },
    });
  }

  /** What the client sends on a channel; what is written to it goes out on the same one. Ending that sends nothing: only the client half-closes. */
  input(channel: number): Duplex | undefined {
    return this.#inputs.get(channel);
  }

  output(channel: number): Writable {
    return new Writable({
      highWaterMark: 64 * 1024,
      write: (bytes: Uint8Array, _encoding, done) => (bytes.length === 0 ? done() : this.send(channel, bytes, done)),
    });
  }

  /** One message; `done` when it has been taken. An empty one tells the client that the other side has started. */
  send(channel: number, bytes: Uint8Array, done?: () => void): void {
    const then = done ? { done } : {};
    if (!this.#options.base64) return this.#webSocket.send(bytes, { prefix: Uint8Array.of(channel), ...then });
    this.#webSocket.send(Buffer.from(`${channel}${Buffer.from(bytes).toString('base64')}`), { text: true, ...then });
  }

  ping(): void {
    this.#webSocket.ping();
  }

  close(code: number, reason?: string): void {
    for (const input of this.#inputs.values()) input.resume();
    this.#webSocket.close(code, reason);
  }

  destroy(): void {
    this.#webSocket.destroy();
  }

  #duplex(channel: number): Duplex {
    return new Duplex({
      readableHighWaterMark: readBufferBytes,
      writableHighWaterMark: 64 * 1024,
      write: (bytes: Uint8Array, _encoding, done) => (bytes.length === 0 ? done() : this.send(channel, bytes, done)),
      read: () => {
        if (this.#blocked.delete(channel) && this.#blocked.size === 0) this.#webSocket.resume();
      },
    });
  }

  #onData(piece: { readonly first: boolean; readonly last: boolean; readonly bytes: Uint8Array }): void {
    if (this.#options.base64) return this.#onBase64(piece);
    let { bytes } = piece;
    if (piece.first) this.#channel = undefined;
    if (this.#channel === undefined) {
      if (bytes.length === 0) return;
      this.#channel = bytes[0]!;
      this.#closeBytes = [];
      bytes = bytes.subarray(1);
    }
    if (this.#channel === closeChannel && this.#options.halfClose) {
      this.#closeBytes.push(...bytes.subarray(0, 2));
      if (piece.last) this.#onClose(this.#closeBytes);
    } else this.#deliver(this.#channel, bytes);
    if (piece.last) this.#channel = undefined;
  }

  #onBase64(piece: { readonly first: boolean; readonly last: boolean; readonly bytes: Uint8Array }): void {
    this.#base64 = (piece.first ? '' : this.#base64) + Buffer.from(piece.bytes).toString('latin1');
    if (this.#base64.length > maxBase64Bytes) return this.#webSocket.close(1009);
    if (!piece.last || this.#base64 === '') return;
    this.#deliver(this.#base64.charCodeAt(0) - 48, Buffer.from(this.#base64.slice(1), 'base64'));
  }

  #onClose(bytes: readonly number[]): void {
    const [channel = -1] = bytes;
    if (bytes.length !== 1 || channel > 4) return this.#webSocket.close(1002);
    const input = this.#inputs.get(channel);
    if (input && !input.destroyed && !input.readableEnded) input.push(null);
    this.#inputs.delete(channel);
  }

  #deliver(channel: number, bytes: Uint8Array): void {
    const input = this.#inputs.get(channel);
    if (!input || input.destroyed || bytes.length === 0) return;
    if (input.push(bytes)) return;
    this.#blocked.add(channel);
    this.#webSocket.pause();
  }
}
