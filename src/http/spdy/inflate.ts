/** Input that no deflate encoder makes, or more of it than is allowed. */
export class InflateError extends Error {
  override readonly name = 'InflateError';
}

const windowBytes = 32 * 1024;
const maxBits = 15;
const codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** A canonical Huffman code: how many codes there are of each length, and the symbols in order of their codes. */
interface Code {
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

function codeOf(lengths: ArrayLike<number>): Code {
  const counts = new Uint16Array(maxBits + 1);
  for (let i = 0; i < lengths.length; i++) counts[lengths[i]!]!++;
  const offsets = new Uint16Array(maxBits + 2);
  for (let bits = 1; bits <= maxBits; bits++) offsets[bits + 1] = offsets[bits]! + counts[bits]!;
  const symbols = new Uint16Array(lengths.length);
  for (let i = 0; i < lengths.length; i++) if (lengths[i] !== 0) symbols[offsets[lengths[i]!]!++] = i;
  return { counts, symbols };
}

const lengthBase = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const lengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const distanceBase = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
];
const distanceExtra = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];

const fixedLengths = new Uint8Array(288).map((_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8));
const fixedLiterals = codeOf(fixedLengths);
const fixedDistances = codeOf(new Uint8Array(30).fill(5));

/**
 * RFC 1951 as header compression needs it: synchronous, in pieces that each end at a flush, with what came before (or a preset dictionary)
 * as history. Node's zlib works in other threads and cannot do this in order with the frames around it.
 */
export class Inflater {
  #history: Uint8Array;
  #in: Uint8Array = new Uint8Array(0);
  #at = 0;
  #bits = 0;
  #bitCount = 0;
  #out: Uint8Array = new Uint8Array(0);
  #length = 0;
  #limit = 0;

  constructor(history: Uint8Array) {
    this.#history = history;
  }

  /** The content of one flushed piece. Throws `InflateError` on malformed input or more than `limitBytes` of output. */
  inflate(input: Uint8Array, limitBytes: number): Uint8Array {
    const start = this.#history.length;
    this.#in = input;
    this.#at = 0;
    this.#bitCount = 0;
    this.#bits = 0;
    this.#limit = start + limitBytes;
    this.#out = new Uint8Array(start + Math.min(limitBytes, input.length * 4 + 256));
    this.#out.set(this.#history);
    this.#length = start;
    while (this.#at < this.#in.length) this.#block();
    const made = this.#out.slice(start, this.#length);
    this.#history = this.#out.slice(Math.max(0, this.#length - windowBytes), this.#length);
    return made;
  }

  #block(): void {
    const last = this.#take(1);
    const type = this.#take(2);
    if (last === 1) throw new InflateError('the stream must not end');
    if (type === 0) this.#stored();
    else if (type === 1) this.#compressed(fixedLiterals, fixedDistances);
    else if (type === 2) this.#dynamic();
    else throw new InflateError('unknown block type');
  }

  #take(count: number): number {
    while (this.#bitCount < count) {
      const byte = this.#in[this.#at++];
      if (byte === undefined) throw new InflateError('truncated');
      this.#bits |= byte << this.#bitCount;
      this.#bitCount += 8;
    }
    const value = this.#bits & ((1 << count) - 1);
    this.#bits >>>= count;
    this.#bitCount -= count;
    return value;
  }

  #stored(): void {
    this.#bits = 0;
    this.#bitCount = 0;
    const length = this.#take(16);
    if (this.#take(16) !== (~length & 0xffff)) throw new InflateError('stored length does not match its complement');
    const bytes = this.#in.subarray(this.#at, this.#at + length);
    if (bytes.length < length) throw new InflateError('truncated');
    this.#reserve(length);
    this.#out.set(bytes, this.#length);
    this.#length += length;
    this.#at += length;
  }

  #dynamic(): void {
    const literalCount = this.#take(5) + 257;
    const distanceCount = this.#take(5) + 1;
    const codeCount = this.#take(4) + 4;
    const codeLengths = new Uint8Array(19);
    for (let i = 0; i < codeCount; i++) codeLengths[codeLengthOrder[i]!] = this.#take(3);
    const code = codeOf(codeLengths);
    const lengths = new Uint8Array(literalCount + distanceCount);
    for (let i = 0; i < lengths.length;) {
      const symbol = this.#symbol(code);
      if (symbol < 16) {
        lengths[i++] = symbol;
        continue;
      }
      if (symbol === 16 && i === 0) throw new InflateError('nothing to repeat');
      const value = symbol === 16 ? lengths[i - 1]! : 0;
      const times = symbol === 16 ? 3 + this.#take(2) : symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7);
      if (i + times > lengths.length) throw new InflateError('too many code lengths');
      lengths.fill(value, i, i + times);
      i += times;
    }
    this.#compressed(codeOf(lengths.subarray(0, literalCount)), codeOf(lengths.subarray(literalCount)));
  }

  #symbol(code: Code): number {
    let value = 0;
    let first = 0;
    let index = 0;
    for (let bits = 1; bits <= maxBits; bits++) {
      value |= this.#take(1);
      const count = code.counts[bits]!;
      if (value - count < first) return code.symbols[index + (value - first)]!;
      index += count;
      first = (first + count) << 1;
      value <<= 1;
    }
    throw new InflateError('no such code');
  }

  #compressed(literals: Code, distances: Code): void {
    for (;;) {
      const symbol = this.#symbol(literals);
      if (symbol === 256) return;
      if (symbol < 256) {
        this.#reserve(1);
        this.#out[this.#length++] = symbol;
        continue;
      }
      const base = lengthBase[symbol - 257];
      if (base === undefined) throw new InflateError('no such length');
      const length = base + this.#take(lengthExtra[symbol - 257]!);
      const distanceSymbol = this.#symbol(distances);
      const distanceFrom = distanceBase[distanceSymbol];
      if (distanceFrom === undefined) throw new InflateError('no such distance');
      this.#copy(distanceFrom + this.#take(distanceExtra[distanceSymbol]!), length);
    }
  }

  #copy(distance: number, length: number): void {
    if (distance > this.#length) throw new InflateError('distance reaches before the start');
    this.#reserve(length);
    for (let i = 0; i < length; i++) {
      this.#out[this.#length] = this.#out[this.#length - distance]!;
      this.#length++;
    }
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed > this.#limit) throw new InflateError('more output than allowed');
    if (needed <= this.#out.length) return;
    const larger = new Uint8Array(Math.min(this.#limit, Math.max(needed, this.#out.length * 2)));
    larger.set(this.#out);
    this.#out = larger;
  }
}
