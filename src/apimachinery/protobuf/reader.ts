import { DecodeError } from '../decode/decode-error.ts';

const broken = (why: string) => new DecodeError(`proto: ${why}`);
const truncated = () => new DecodeError('unexpected EOF');

/** Reads one protobuf message. Integers beyond 2^53 are refused, not rounded. */
export class ProtobufReader {
  readonly #bytes: Buffer;
  #at: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = start;
    this.#end = end;
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
      low += (b & 127) * 2 ** shift;
      if (b < 128) return low;
    }
    let big = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const b = this.#byte();
      big |= BigInt(b & 127) << shift;
      if (b < 128) return this.#exact(BigInt.asIntN(64, big));
    }
    throw broken('integer overflow');
  }

  #exact(value: bigint): number {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw broken(`number ${value} is too large: integers are kept exactly up to 9007199254740991 only`);
    return number;
  }

  /** Number and wire type of the next field. */
  tag(): { readonly number: number; readonly wireType: number } {
    const value = this.varint();
    const number = Math.floor(value / 8);
    if (number < 1) throw broken(`illegal tag ${number} (wire type ${value % 8})`);
    return { number, wireType: value % 8 };
  }

  #span(): readonly [number, number] {
    const length = this.varint();
    const start = this.#at;
    if (length < 0 || start + length > this.#end) throw truncated();
    this.#at = start + length;
    return [start, this.#at];
  }

  text(): string {
    const [start, end] = this.#span();
    return this.#bytes.toString('utf8', start, end);
  }

  /** A view of the bytes, not a copy. */
  bytes(): Buffer {
    const [start, end] = this.#span();
    return this.#bytes.subarray(start, end);
  }

  message(): ProtobufReader {
    const [start, end] = this.#span();
    return new ProtobufReader(this.#bytes, start, end);
  }

  double(): number {
    if (this.#at + 8 > this.#end) throw truncated();
    this.#at += 8;
    return this.#bytes.readDoubleLE(this.#at - 8);
  }

  skip(wireType: number): void {
    if (wireType === 0) this.#skipVarint();
    else if (wireType === 1) this.#advance(8);
    else if (wireType === 2) this.#span();
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
