import { Duplex } from 'node:stream';
import type { SpdyHeaders } from './header-block.ts';

/** What a stream needs of its connection. */
export interface StreamCarrier {
  sendReply(stream: SpdyStream): void;
  sendData(stream: SpdyStream, bytes: Uint8Array, done: (error?: Error | null) => void): void;
  sendFin(stream: SpdyStream, done: (error?: Error | null) => void): void;
  sendReset(stream: SpdyStream, status: number): void;
  /** The stream wants more, or can take no more for now. */
  flow(stream: SpdyStream, open: boolean): void;
  forget(stream: SpdyStream): void;
}

/** Bytes held for a reader before the whole connection is paused. */
const readBufferBytes = 256 * 1024;

/** How the other side's half ended. */
export type RemoteEnd = 'open' | 'fin' | 'reset' | 'lost';

/**
 * One stream of a SPDY connection. `end()` sends FIN and leaves the other half open; destroying it resets it. A reset by the peer ends the
 * reading half after what has arrived, and swallows what is still written: both Go sides reset when they are merely done.
 */
export class SpdyStream extends Duplex {
  readonly id: number;
  readonly headers: SpdyHeaders;
  readonly #carrier: StreamCarrier;
  #remoteEnd: RemoteEnd = 'open';
  #finSent = false;
  #replied = false;

  constructor(carrier: StreamCarrier, id: number, headers: SpdyHeaders) {
    super({ allowHalfOpen: true, readableHighWaterMark: readBufferBytes, writableHighWaterMark: 64 * 1024 });
    this.#carrier = carrier;
    this.id = id;
    this.headers = headers;
    this.on('error', () => {});
  }

  get remoteEnd(): RemoteEnd {
    return this.#remoteEnd;
  }

  /** The first value of a header, by its lower-case name. */
  header(name: string): string | undefined {
    return this.headers.get(name)?.[0];
  }

  /** Accepts a stream that the peer opened: SYN_REPLY with no headers, once. */
  reply(): void {
    if (this.#replied) return;
    this.#replied = true;
    this.#carrier.sendReply(this);
  }

  /** Refuses or abandons it: RST_STREAM. */
  reset(status: number): void {
    if (this.#remoteEnd !== 'reset' && this.#remoteEnd !== 'lost') this.#carrier.sendReset(this, status);
    this.endOfRemote('reset');
    this.destroy();
  }

  /** From the connection: data has come. */
  receive(bytes: Uint8Array): void {
    if (this.#remoteEnd !== 'open' || this.destroyed || bytes.length === 0) return;
    if (!this.push(bytes)) this.#carrier.flow(this, false);
  }

  /** From the connection: no more data will come. */
  endOfRemote(how: RemoteEnd): void {
    const first = this.#remoteEnd === 'open';
    if (first || how === 'lost' || how === 'reset') this.#remoteEnd = how === 'lost' && !first ? this.#remoteEnd : how;
    if (first && !this.destroyed) this.push(null);
    if (how !== 'fin' && !this.writableEnded && !this.destroyed) this.end();
  }

  get #writesAreLost(): boolean {
    return this.#remoteEnd === 'reset' || this.#remoteEnd === 'lost';
  }

  override _read(): void {
    this.#carrier.flow(this, true);
  }

  override _write(bytes: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#writesAreLost) return done();
    this.#carrier.sendData(this, bytes, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#finSent || this.#writesAreLost) return done();
    this.#finSent = true;
    this.#carrier.sendFin(this, done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const over = this.#finSent && this.#remoteEnd !== 'open';
    if (!over && !this.#writesAreLost) this.#carrier.sendReset(this, 5);
    this.#carrier.flow(this, true);
    this.#carrier.forget(this);
    done(error);
  }
}
