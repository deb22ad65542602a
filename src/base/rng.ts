import { randomBytes, randomFillSync } from 'node:crypto';

/** The source of chance, passed in so that a run can be repeated from its seed. */
export interface Rng {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number in [0, below). */
  int(below: number): number;
  /** `length` characters of `alphabet`. */
  string(length: number, alphabet: string): string;
  /** A version 4 UUID in lower case. */
  uuid(): string;
}

function fromSource(next: () => number): Rng {
  const int = (below: number) => Math.floor(next() * below);
  return {
    next,
    int,
    string(length, alphabet) {
      let out = '';
      for (let i = 0; i < length; i++) out += alphabet[int(alphabet.length)];
      return out;
    },
    uuid() {
      let hex = '';
      for (let i = 0; i < 32; i++) hex += i === 12 ? '4' : (i === 16 ? 8 + int(4) : int(16)).toString(16);
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
  };
}

/** The same sequence for the same seed (mulberry32). For tests and simulation, never for secrets. */
export function seededRng(seed: number): Rng {
  let state = seed >>> 0;
  return fromSource(() => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  });
}

const pool = new Uint32Array(256);
let used = pool.length;

/** Chance from the operating system, drawn in batches. */
export const systemRng: Rng = {
  ...fromSource(() => {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    return pool[used++]! / 4294967296;
  }),
  uuid: () => crypto.randomUUID(),
};

/** `bytes` random bytes fit for secrets, as lower-case hex. */
export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}
