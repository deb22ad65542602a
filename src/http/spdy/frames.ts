import { asBuffer } from '../../base/index.ts';
import { HeaderDecoder, HeaderEncoder, type SpdyHeaders, SpdyProtocolError } from './header-block.ts';

/** What a peer sent. Data comes in pieces as it arrives: `fin` is on the last piece of a frame that has it. */
export type SpdyFrame =
  | { readonly type: 'synStream'; readonly id: number; readonly headers: SpdyHeaders; readonly fin: boolean }
  | { readonly type: 'synReply'; readonly id: number; readonly headers: SpdyHeaders; readonly fin: boolean }
  | { readonly type: 'rstStream'; readonly id: number; readonly status: number }
  | { readonly type: 'ping'; readonly id: number }
  | { readonly type: 'goAway'; readonly lastId: number; readonly status: number }
  | { readonly type: 'data'; readonly id: number; readonly bytes: Uint8Array; readonly fin: boolean };

const finFlag = 0x01;
const headBytes = 8;
/** Of a control frame; data frames are not limited, they are never held. */
const maxControlBytes = 64 * 1024;

const synStreamType = 1;
const synReplyType = 2;
const rstStreamType = 3;
const pingType = 6;
const goAwayType = 7;
const headersType = 8;

/** RST_STREAM's status for "done with this stream". */
export const cancelStatus = 5;
export const protocolErrorStatus = 1;

/** Bytes in, frames out, however the bytes are cut. SETTINGS and WINDOW_UPDATE are dropped: SPDY's streams have no flow control here. */
export class SpdyFrameReader {
  readonly #headers = new HeaderDecoder();
  #pending: Buffer = Buffer.alloc(0);
  /** The rest of a data frame whose head has been read. */
  #data: { readonly id: number; readonly fin: boolean; left: number } | undefined;

  /** Throws `SpdyProtocolError`, after which the connection is of no use. */
  read(bytes: Uint8Array): SpdyFrame[] {
    const frames: SpdyFrame[] = [];
    let buffer = this.#pending.length === 0 ? asBuffer(bytes) : Buffer.concat([this.#pending, bytes]);
    for (;;) {
      if (this.#data) {
        const piece = buffer.subarray(0, this.#data.left);
        this.#data.left -= piece.length;
        const whole = this.#data.left === 0;
        if (piece.length > 0 || whole) frames.push({ type: 'data', id: this.#data.id, bytes: piece, fin: whole && this.#data.fin });
        buffer = buffer.subarray(piece.length);
        if (!whole) break;
        this.#data = undefined;
      }
      if (buffer.length < headBytes) break;
      const length = buffer.readUIntBE(5, 3);
      if ((buffer[0]! & 0x80) === 0) {
        this.#data = { id: buffer.readUInt32BE(0), fin: (buffer[4]! & finFlag) !== 0, left: length };
        buffer = buffer.subarray(headBytes);
        continue;
      }
      if (length > maxControlBytes) throw new SpdyProtocolError('control frame too large');
      if (buffer.length < headBytes + length) break;
      const frame = this.#control(buffer, buffer.subarray(headBytes, headBytes + length));
      if (frame) frames.push(frame);
      buffer = buffer.subarray(headBytes + length);
    }
    this.#pending = buffer.length === 0 ? buffer : Buffer.from(buffer);
    return frames;
  }

  #control(head: Buffer, payload: Buffer): SpdyFrame | undefined {
    if ((head.readUInt16BE(0) & 0x7fff) !== 3) throw new SpdyProtocolError('not SPDY version 3');
    const type = head.readUInt16BE(2);
    const fin = (head[4]! & finFlag) !== 0;
    const least = type === synStreamType ? 10 : type === rstStreamType || type === goAwayType ? 8 : 4;
    if (payload.length < least) throw new SpdyProtocolError('control frame too short');
    const id = payload.readUInt32BE(0) & 0x7fffffff;
    switch (type) {
      case synStreamType:
        return { type: 'synStream', id, headers: this.#headers.decode(payload.subarray(10)), fin };
      case synReplyType:
        return { type: 'synReply', id, headers: this.#headers.decode(payload.subarray(4)), fin };
      case rstStreamType:
        return { type: 'rstStream', id, status: payload.readUInt32BE(4) };
      case pingType:
        return { type: 'ping', id: payload.readUInt32BE(0) };
      case goAwayType:
        return { type: 'goAway', lastId: id, status: payload.readUInt32BE(4) };
      case headersType:
        this.#headers.decode(payload.subarray(4));
        return undefined;
      default:
        return undefined;
    }
  }
}

function control(type: number, flags: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt16BE(0x8003, 0);
  head.writeUInt16BE(type, 2);
  head[4] = flags;
  head.writeUIntBE(payload.length, 5, 3);
  return Buffer.concat([head, payload]);
}

function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, i * 4);
  return bytes;
}

/** The other way. Header blocks depend on those before them: what is made must be sent, in order. */
export class SpdyFrameWriter {
  readonly #headers = new HeaderEncoder();

  synStream(id: number, headers: SpdyHeaders, fin = false): Buffer {
    return control(synStreamType, fin ? finFlag : 0, Buffer.concat([numbers(id, 0), Buffer.alloc(2), this.#headers.encode(headers)]));
  }

  synReply(id: number, headers: SpdyHeaders): Buffer {
    return control(synReplyType, 0, Buffer.concat([numbers(id), this.#headers.encode(headers)]));
  }

  rstStream(id: number, status: number): Buffer {
    return control(rstStreamType, 0, numbers(id, status));
  }

  ping(id: number): Buffer {
    return control(pingType, 0, numbers(id));
  }

  goAway(lastId: number, status: number): Buffer {
    return control(goAwayType, 0, numbers(lastId, status));
  }

  /** The head of a data frame; its `length` bytes follow. At most 16,777,215. */
  dataHead(id: number, length: number, fin = false): Buffer {
    const head = Buffer.alloc(headBytes);
    head.writeUInt32BE(id, 0);
    head[4] = fin ? finFlag : 0;
    head.writeUIntBE(length, 5, 3);
    return head;
  }
}
