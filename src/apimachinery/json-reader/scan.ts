import { ReadError } from './read-error.ts';

export interface Scan {
  /** Colons outside of strings: the members of all objects. */
  readonly members: number;
  /** There are numbers that may not survive as doubles, or brackets that do not match. */
  readonly needsCare: boolean;
}

/** Integers of fewer digits are kept exactly. */
const safeDigits = 15;

/** One pass over the bytes that counts what JSON.parse does not tell. Does not check that they are JSON. */
export function scan(bytes: Uint8Array, maxDepth: number): Scan {
  let members = 0;
  let depth = 0;
  let needsCare = false;
  const end = bytes.length;
  for (let i = 0; i < end; i++) {
    const c = bytes[i]!;
    if (c === 0x22) {
      i = stringEnd(bytes, i + 1);
    } else if (c === 0x3a) {
      members++;
    } else if (c === 0x7b || c === 0x5b) {
      if (++depth > maxDepth) throw new ReadError('exceeded max depth');
    } else if (c === 0x7d || c === 0x5d) {
      depth--;
    } else if (c >= 0x30 && c <= 0x39) {
      const start = i;
      let isPlain = true;
      for (; i + 1 < end; i++) {
        const d = bytes[i + 1]!;
        if (d >= 0x30 && d <= 0x39) continue;
        if (d !== 0x2e && d !== 0x65 && d !== 0x45 && d !== 0x2b && d !== 0x2d) break;
        if (d !== 0x2e) isPlain = false;
      }
      if (!isPlain || i - start >= safeDigits) needsCare = true;
    }
  }
  return { members, needsCare };
}

/** Index of the quote that ends the string, or the length when there is none. */
function stringEnd(bytes: Uint8Array, from: number): number {
  for (let i = from; i < bytes.length; i++) {
    const c = bytes[i]!;
    if (c === 0x22) return i;
    if (c === 0x5c) i++;
  }
  return bytes.length;
}
