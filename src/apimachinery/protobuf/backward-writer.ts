const startSize = 8192;
/** Above this a string is written by the runtime. */
const shortText = 64;

/**
 * Writes a protobuf message from its end to its start, as gogo's generated code does: a nested message's length is known when its tag is
 * due, so nothing is measured twice or copied. What is to come first in the bytes is written last.
 */
export class BackwardWriter {
  #buffer = Buffer.allocUnsafeSlow(startSize);
  #at = startSize;

  /** Bytes written so far. */
  get length(): number {
    return this.#buffer.length - this.#at;
  }

  #room(size: number): void {
    if (this.#at >= size) return;
    const written = this.length;
    const bigger = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, written + size));
    this.#buffer.copy(bigger, bigger.length - written, this.#at);
    this.#buffer = bigger;
    this.#at = bigger.length - written;
  }

  /** An integer within 2^53. */
  varint(value: number): void {
    if (value >= 0 && value < 128) {
      this.#room(1);
      this.#buffer[--this.#at] = value;
      return;
    }
    if (value < 0) return this.#negative(value);
    let size = 1;
    for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
    this.#room(size);
    this.#at -= size;
    let at = this.#at;
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#buffer[at++] = (rest % 128) | 128;
    this.#buffer[at] = rest;
  }

  /** Negative numbers take ten bytes, as 64-bit two's complement. */
  #negative(value: number): void {
    let rest = BigInt.asUintN(64, BigInt(value));
    const bytes: number[] = [];
    for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    bytes.push(Number(rest));
    this.raw(Uint8Array.from(bytes));
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#at -= bytes.length;
    this.#buffer.set(bytes, this.#at);
  }

  text(value: string): void {
    const length = value.length;
    if (length > shortText || !this.#ascii(value)) {
      const size = Buffer.byteLength(value);
      this.#room(size);
      this.#at -= size;
      this.#buffer.write(value, this.#at, size, 'utf8');
    }
  }

  /** Writes a short string that is all ASCII, which most are, without a native call. False: nothing was written. */
  #ascii(value: string): boolean {
    const length = value.length;
    this.#room(length);
    const start = this.#at - length;
    for (let i = 0; i < length; i++) {
      const c = value.charCodeAt(i);
      if (c > 127) return false;
      this.#buffer[start + i] = c;
    }
    this.#at = start;
    return true;
  }

  double(value: number): void {
    this.#room(8);
    this.#at -= 8;
    this.#buffer.writeDoubleLE(value, this.#at);
  }

  tag(number: number, wireType: number): void {
    this.varint(number * 8 + wireType);
  }

  /** Length and tag of what was written since `length` was `before`. */
  delimit(number: number, before: number): void {
    this.varint(this.length - before);
    this.tag(number, 2);
  }

  stringField(number: number, value: string): void {
    const before = this.length;
    this.text(value);
    this.delimit(number, before);
  }

  varintField(number: number, value: number): void {
    this.varint(value);
    this.tag(number, 0);
  }

  /** A copy of what was written. */
  finish(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#buffer.subarray(this.#at));
  }

  /** Ready for another message; keeps its buffer unless it grew large. */
  reset(): void {
    if (this.#buffer.length > 1 << 20) this.#buffer = Buffer.allocUnsafeSlow(startSize);
    this.#at = this.#buffer.length;
  }
}
