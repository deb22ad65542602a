import { DecodeError } from '../decode/decode-error.ts';

const broken = (why: string) => new DecodeError(`proto: ${why}`);
const truncated = () => new DecodeError('unexpected EOF');

/** Above this a string is decoded by itself. */
const shortText = 64;

/**
 * Reads protobuf, a message inside a message with `enter` and `leave`. Integers beyond 2^53 are refused, not rounded. A tag is returned as
 * one number: field number times 8 plus wire type.
 */
export class ProtobufReader {
  readonly #bytes: Buffer;
  /** All bytes as characters, for short strings: cutting them out is cheaper than a call for each. */
  #characters: string | undefined;
  #at: number;
  #end: number;

  constructor(bytes: Uint8Array, start = 0) {
    this.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = start;
    this.#end = bytes.length;
  }

  get done(): boolean {
    return this.#at >= this.#end;
  }

  #byte(): number {
    if (this.#at >= this.#end) throw truncated();
    return this.#bytes[this.#at++]!;
  }

  /** A varint as a signed 64-bit integer. */
  varint(): number {
    const first = this.#byte();
    if (first < 128) return first;
    let low = first & 127;
    for (let shift = 7; shift < 28; shift += 7) {
      const b = this.#byte();
      low += (b & 127) << shift;
      if (b < 128) return low;
    }
    let big = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const b = this.#byte();
      big |= BigInt(b & 127) << shift;
      if (b < 128) return exact(BigInt.asIntN(64, big));
    }
    throw broken('integer overflow');
  }

  tag(): number {
    const value = this.varint();
    if (value < 8 || value > 0xffffffff) throw broken(`illegal tag ${Math.floor(value / 8)} (wire type ${value & 7})`);
    return value;
  }

  /** End of the length-delimited value that begins here. */
  #endOfSpan(): number {
    const length = this.varint();
    const end = this.#at + length;
    if (length < 0 || end > this.#end) throw truncated();
    return end;
  }

  /** Steps into a message; what is returned goes to `leave` when it has been read. */
  enter(): number {
    const outer = this.#end;
    this.#end = this.#endOfSpan();
    return outer;
  }

  leave(outer: number): void {
    this.#end = outer;
  }

  text(): string {
    const end = this.#endOfSpan();
    const start = this.#at;
    this.#at = end;
    if (end === start) return '';
    if (end - start > shortText) return this.#bytes.toString('utf8', start, end);
    for (let i = start; i < end; i++) if (this.#bytes[i]! > 127) return this.#bytes.toString('utf8', start, end);
    this.#characters ??= this.#bytes.toString('latin1');
    return this.#characters.slice(start, end);
  }

  /** A view of the bytes, not a copy. */
  bytes(): Buffer {
    const end = this.#endOfSpan();
    const start = this.#at;
    this.#at = end;
    return this.#bytes.subarray(start, end);
  }

  double(): number {
    if (this.#at + 8 > this.#end) throw truncated();
    this.#at += 8;
    return this.#bytes.readDoubleLE(this.#at - 8);
  }

  /** Passes over the value of a tag that nobody knows. */
  skip(tag: number): void {
    const wireType = tag & 7;
    if (wireType === 0) this.#skipVarint();
    else if (wireType === 1) this.#advance(8);
    else if (wireType === 2) this.#at = this.#endOfSpan();
    else if (wireType === 5) this.#advance(4);
    else throw broken(`illegal wireType ${wireType}`);
  }

  #skipVarint(): void {
    for (let i = 0; i < 10; i++) if (this.#byte() < 128) return;
    throw broken('integer overflow');
  }

  #advance(size: number): void {
    if (this.#at + size > this.#end) throw truncated();
    this.#at += size;
  }
}

function exact(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw broken(`number ${value} is too large: integers are kept exactly up to 9007199254740991 only`);
  return number;
}

/** Calls `read` with each tag of the message that begins here; `read` takes the value or returns false to have it skipped. */
export function eachField(r: ProtobufReader, read: (tag: number) => boolean): void {
  const outer = r.enter();
  while (!r.done) {
    const tag = r.tag();
    if (!read(tag)) r.skip(tag);
  }
  r.leave(outer);
}
