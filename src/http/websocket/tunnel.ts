import { Duplex } from 'node:stream';
import type { Clock, Logger } from '../../base/index.ts';
import { WebSocketConnection } from './web-socket.ts';

const normalCode = 1000;
const noStatusCode = 1005;

/**
 * A byte stream through the messages of a WebSocket: boundaries mean nothing, a close frame of 1000 (or none) is the end, any other code an
 * error. Writes become one binary message each.
 */
export class WebSocketTunnel extends Duplex {
  readonly #webSocket: WebSocketConnection;

  constructor(socket: Duplex, options: { readonly clock: Clock; readonly logger?: Logger }) {
    super({ allowHalfOpen: false });
    this.#webSocket = new WebSocketConnection({
      ...options,
      socket,
      onData: ({ bytes }) => {
        if (bytes.length > 0 && !this.push(bytes)) this.#webSocket.pause();
      },
      onClose: (code) => {
        if (code === normalCode || code === noStatusCode) this.push(null);
        else this.destroy(new Error(`close ${code}`));
      },
    });
  }

  override _read(): void {
    this.#webSocket.resume();
  }

  override _write(bytes: Uint8Array, _encoding: BufferEncoding, done: () => void): void {
    this.#webSocket.send(bytes, { done });
  }

  override _writev(chunks: { chunk: Uint8Array }[], done: () => void): void {
    this.#webSocket.send(Buffer.concat(chunks.map((c) => c.chunk)), { done });
  }

  override _final(done: () => void): void {
    this.#webSocket.close(normalCode);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!this.writableFinished) this.#webSocket.destroy();
    done(error);
  }
}
