/** What a peer sent. Data comes in pieces as it arrives: `first` begins a message, `last` ends one (an empty message is both). */
export type WebSocketEvent =
  | { readonly type: 'data'; readonly first: boolean; readonly last: boolean; readonly bytes: Uint8Array }
  | { readonly type: 'ping' | 'pong'; readonly bytes: Uint8Array }
  | { readonly type: 'close'; readonly code: number };

/** A peer that does not keep to RFC 6455. */
export class WebSocketProtocolError extends Error {
  override readonly name = 'WebSocketProtocolError';
}

const continuation = 0;
const text = 1;
export const binaryOpcode = 2;
export const textOpcode = text;
export const closeOpcode = 8;
export const pingOpcode = 9;
export const pongOpcode = 10;
/** The code where a close frame names none (RFC 6455 §7.1.5). */
export const noStatusCode = 1005;

interface Head {
  readonly opcode: number;
  readonly fin: boolean;
  readonly mask: Uint8Array;
  readonly length: number;
}

/** The head of a frame and its size; undefined while it is not whole. */
function readHead(buffer: Buffer): { readonly head: Head; readonly size: number } | undefined {
  if (buffer.length < 2) return undefined;
  const first = buffer[0]!;
  const second = buffer[1]!;
  if ((first & 0x70) !== 0) throw new WebSocketProtocolError('reserved bits are set: no extension was agreed');
  if ((second & 0x80) === 0) throw new WebSocketProtocolError('a client must mask its frames');
  const short = second & 0x7f;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const size = 2 + lengthBytes + 4;
  if (buffer.length < size) return undefined;
  const length = lengthBytes === 0 ? short : lengthBytes === 2 ? buffer.readUInt16BE(2) : Number(buffer.readBigUInt64BE(2));
  if (!Number.isSafeInteger(length)) throw new WebSocketProtocolError('frame too long');
  const head = { opcode: first & 0x0f, fin: (first & 0x80) !== 0, mask: Uint8Array.from(buffer.subarray(size - 4, size)), length };
  if (head.opcode >= 8 && (length > 125 || !head.fin)) throw new WebSocketProtocolError('control frame too long or in fragments');
  return { head, size };
}

/** Bytes of a client in, events out, however the bytes are cut. Holds no message: any size streams through. */
export class WebSocketFrameReader {
  #pending: Buffer = Buffer.alloc(0);
  #frame: { readonly head: Head; readonly first: boolean; done: number } | undefined;
  #inMessage = false;

  /** Throws `WebSocketProtocolError`, after which the connection is of no use. */
  read(bytes: Uint8Array): WebSocketEvent[] {
    const events: WebSocketEvent[] = [];
    let buffer = this.#pending.length === 0 ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length) : Buffer.concat([this.#pending, bytes]);
    for (;;) {
      if (this.#frame) {
        buffer = buffer.subarray(this.#data(buffer, events));
        if (this.#frame) break;
      }
      const found = readHead(buffer);
      if (!found) break;
      const { head, size } = found;
      if (head.opcode >= 8) {
        if (buffer.length < size + head.length) break;
        events.push(controlEvent(head, unmask(buffer.subarray(size, size + head.length), head.mask, 0)));
        buffer = buffer.subarray(size + head.length);
        continue;
      }
      buffer = buffer.subarray(size);
      this.#begin(head);
      // An empty frame has no bytes to wait for.
      if (head.length === 0) this.#data(buffer.subarray(0, 0), events);
    }
    this.#pending = buffer.length === 0 ? buffer : Buffer.from(buffer);
    return events;
  }

  #begin(head: Head): void {
    if (head.opcode > binaryOpcode) throw new WebSocketProtocolError('unknown opcode');
    if ((head.opcode === continuation) !== this.#inMessage) throw new WebSocketProtocolError('fragments out of order');
    this.#frame = { head, first: !this.#inMessage, done: 0 };
    this.#inMessage = true;
  }

  #data(buffer: Buffer, events: WebSocketEvent[]): number {
    const frame = this.#frame!;
    const piece = buffer.subarray(0, frame.head.length - frame.done);
    const whole = frame.done + piece.length === frame.head.length;
    if (piece.length === 0 && !whole) return 0;
    const last = whole && frame.head.fin;
    events.push({ type: 'data', first: frame.first && frame.done === 0, last, bytes: unmask(piece, frame.head.mask, frame.done) });
    frame.done += piece.length;
    if (whole) this.#frame = undefined;
    if (last) this.#inMessage = false;
    return piece.length;
  }
}

function unmask(bytes: Buffer, mask: Uint8Array, from: number): Buffer {
  const out = Buffer.allocUnsafe(bytes.length);
  for (let i = 0; i < bytes.length; i++) out[i] = bytes[i]! ^ mask[(from + i) & 3]!;
  return out;
}

function controlEvent(head: Head, bytes: Buffer): WebSocketEvent {
  if (head.opcode === pingOpcode) return { type: 'ping', bytes };
  if (head.opcode === pongOpcode) return { type: 'pong', bytes };
  if (head.opcode !== closeOpcode) throw new WebSocketProtocolError('unknown opcode');
  return { type: 'close', code: bytes.length >= 2 ? bytes.readUInt16BE(0) : noStatusCode };
}

/** The head of a whole message from a server: never masked, never in fragments. Its `length` bytes follow. */
export function frameHead(opcode: number, length: number): Buffer {
  const lengthBytes = length < 126 ? 0 : length < 0x1_0000 ? 2 : 8;
  const head = Buffer.alloc(2 + lengthBytes);
  head[0] = 0x80 | opcode;
  head[1] = lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127;
  if (lengthBytes === 2) head.writeUInt16BE(length, 2);
  else if (lengthBytes === 8) head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}
