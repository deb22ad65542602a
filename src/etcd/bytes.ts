import { assert } from '../base/index.ts';

/** Appends numbers, keys and bytes to a buffer that grows. What `take` returns is the caller's; `view` is valid until the next write. */
export class ByteWriter {
  #buffer: Buffer;
  #length = 0;

  constructor(initialBytes = 256) {
    this.#buffer = Buffer.allocUnsafeSlow(initialBytes);
  }

  get length(): number {
    return this.#length;
  }

  #reserve(bytes: number): number {
    const at = this.#length;
    this.#length += bytes;
    if (this.#length > this.#buffer.length) {
      const bigger = Buffer.allocUnsafeSlow(Math.max(this.#length, this.#buffer.length * 2));
      this.#buffer.copy(bigger, 0, 0, at);
      this.#buffer = bigger;
    }
    return at;
  }

  u8(value: number): this {
    const at = this.#reserve(1);
    this.#buffer[at] = value;
    return this;
  }

  u32(value: number): this {
    const at = this.#reserve(4);
    this.#buffer.writeUInt32LE(value, at);
    return this;
  }

  /** A whole number from 0 to 2^53 - 1, seven bits a byte. */
  varint(value: number): this {
    assert(Number.isSafeInteger(value) && value >= 0, 'varint holds safe non-negative integers');
    let rest = value;
    while (rest >= 0x80) {
      this.u8((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    return this.u8(rest);
  }

  bytes(value: Uint8Array): this {
    this.varint(value.length);
    const at = this.#reserve(value.length);
    this.#buffer.set(value, at);
    return this;
  }

  /** A string whose units are bytes. */
  key(value: string): this {
    this.varint(value.length);
    const at = this.#reserve(value.length);
    this.#buffer.write(value, at, 'latin1');
    return this;
  }

  /** Overwrites four bytes written before. */
  patchU32(value: number, at: number): void {
    this.#buffer.writeUInt32LE(value, at);
  }

  view(from = 0): Buffer {
    return this.#buffer.subarray(from, this.#length);
  }

  reset(): void {
    this.#length = 0;
  }

  /** Forgets a buffer that grew beyond `bytes`. */
  shrink(bytes: number): void {
    if (this.#buffer.length > bytes) this.#buffer = Buffer.allocUnsafeSlow(bytes);
    this.#length = 0;
  }

  take(): Uint8Array {
    return new Uint8Array(this.#buffer.subarray(0, this.#length));
  }
}

/** Reads what `ByteWriter` wrote; throws RangeError past the end. */
export class ByteReader {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get done(): boolean {
    return this.#at >= this.#buffer.length;
  }

  #advance(bytes: number): number {
    const at = this.#at;
    if (at + bytes > this.#buffer.length) throw new RangeError('record ends early');
    this.#at = at + bytes;
    return at;
  }

  u8(): number {
    return this.#buffer[this.#advance(1)]!;
  }

  u32(): number {
    return this.#buffer.readUInt32LE(this.#advance(4));
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      if (scale > 2 ** 49) throw new RangeError('number too long');
    }
  }

  /** A copy in an ArrayBuffer of its own. */
  bytes(): Uint8Array {
    const length = this.varint();
    const at = this.#advance(length);
    return new Uint8Array(this.#buffer.subarray(at, at + length));
  }

  key(): string {
    const length = this.varint();
    const at = this.#advance(length);
    return this.#buffer.toString('latin1', at, at + length);
  }
}
