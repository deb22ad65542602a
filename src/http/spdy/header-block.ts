import { dictionary, dictionaryAdler32 } from './dictionary.ts';
import { Inflater } from './inflate.ts';

/** Header names (lower case) and their values. A map, since names are the peer's to choose. */
export type SpdyHeaders = ReadonlyMap<string, readonly string[]>;

/** A peer that does not speak SPDY/3.1. */
export class SpdyProtocolError extends Error {
  override readonly name = 'SpdyProtocolError';
}

/** Of one inflated header block. */
const maxHeaderBytes = 64 * 1024;
const maxHeaders = 256;

/** Header blocks as one peer reads them: one zlib stream for the whole connection, so every block must be decoded, in order. */
export class HeaderDecoder {
  #inflater: Inflater | undefined;

  /** Throws `SpdyProtocolError`. */
  decode(block: Uint8Array): SpdyHeaders {
    try {
      return parsePairs(this.#inflate(block));
    } catch (cause) {
      throw new SpdyProtocolError(cause instanceof Error ? cause.message : 'malformed header block', { cause });
    }
  }

  #inflate(block: Uint8Array): Uint8Array {
    if (this.#inflater) return this.#inflater.inflate(block, maxHeaderBytes);
    const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
    if (block.length < 2 || (block[0]! & 0x0f) !== 8 || view.getUint16(0) % 31 !== 0) throw new SpdyProtocolError('no zlib header');
    const preset = (block[1]! & 0x20) !== 0;
    if (preset && view.getUint32(2) !== dictionaryAdler32) throw new SpdyProtocolError('another dictionary');
    this.#inflater = new Inflater(preset ? dictionary : new Uint8Array(0));
    return this.#inflater.inflate(block.subarray(preset ? 6 : 2), maxHeaderBytes);
  }
}

function parsePairs(bytes: Uint8Array): SpdyHeaders {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const text = () => {
    const length = buffer.readUInt32BE(at);
    at += 4;
    if (at + length > buffer.length) throw new SpdyProtocolError('truncated header');
    at += length;
    return buffer.toString('latin1', at - length, at);
  };
  const count = buffer.readUInt32BE(0);
  at = 4;
  if (count > maxHeaders) throw new SpdyProtocolError('too many headers');
  const headers = new Map<string, readonly string[]>();
  for (let i = 0; i < count; i++) {
    const name = text().toLowerCase();
    headers.set(name, text().split('\0'));
  }
  return headers;
}

const syncFlush = Uint8Array.of(0, 0, 0, 0xff, 0xff);

/** Header blocks as one peer writes them: stored, not compressed (they are a few words), each ended by a flush as peers expect. */
export class HeaderEncoder {
  #started = false;

  encode(headers: SpdyHeaders): Uint8Array {
    const content = writePairs(headers);
    const head = Buffer.alloc(this.#started ? 5 : 11);
    const at = head.length - 5;
    if (!this.#started) {
      head.writeUInt16BE(0x78bb, 0);
      head.writeUInt32BE(dictionaryAdler32, 2);
      this.#started = true;
    }
    head.writeUInt16LE(content.length, at + 1);
    head.writeUInt16LE(~content.length & 0xffff, at + 3);
    return Buffer.concat([head, content, syncFlush]);
  }
}

function writePairs(headers: SpdyHeaders): Buffer {
  const parts: Buffer[] = [];
  const number = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    parts.push(bytes);
  };
  number(headers.size);
  for (const [name, values] of headers) {
    for (const text of [name.toLowerCase(), values.join('\0')]) {
      const bytes = Buffer.from(text, 'latin1');
      number(bytes.length);
      parts.push(bytes);
    }
  }
  const all = Buffer.concat(parts);
  if (all.length > 0xffff) throw new SpdyProtocolError('header block too large to send');
  return all;
}
