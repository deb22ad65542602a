import type { Json } from './meta.ts';
import { ReadError } from './json-reader/read-error.ts';
import { CarefulReader } from './json-reader/careful-reader.ts';
import { scan } from './json-reader/scan.ts';

export { ReadError } from './json-reader/read-error.ts';

export interface ReadLimits {
  /** Nesting of objects and lists. */
  readonly maxDepth: number;
  /** Size of the text. */
  readonly maxBytes: number;
}

/** Upstream's 3 MiB for bodies; its depth of 10,000 is more than any recursive code of ours should meet. */
export const defaultReadLimits: ReadLimits = { maxDepth: 1000, maxBytes: 3145728 };

export interface ReadResult {
  readonly value: Json;
  /** What strict decoding complains of in the text itself: `duplicate field "spec.x"`. At most 100. */
  readonly strictErrors: readonly string[];
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new ReadError('the text is not valid UTF-8', { cause });
  }
}

/**
 * Reads JSON that a client sent. The last of two equal keys wins, and is reported. Throws `ReadError` with Go's text for what is no JSON,
 * and for what JavaScript would change in silence: integers beyond 2^53, numbers beyond the range of a double, broken UTF-8.
 */
export function readJson(bytes: Uint8Array, limits: ReadLimits = defaultReadLimits): ReadResult {
  if (bytes.length > limits.maxBytes) throw new ReadError(`limit is ${limits.maxBytes}`);
  const found = scan(bytes, limits.maxDepth);
  const text = decodeUtf8(bytes);
  if (!found.needsCare) {
    try {
      const value = JSON.parse(text) as Json;
      if (countMembers(value) === found.members) return { value, strictErrors: [] };
    } catch {
      // What is wrong, and in Go's words, is for the careful reader to say.
    }
  }
  return new CarefulReader(text, limits.maxDepth).read();
}

/** Keys of all objects in `value`: fewer than there are colons in the text when a key came twice. */
function countMembers(value: Json): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) if (typeof item === 'object') count += countMembers(item);
    return count;
  }
  const object = value as Readonly<Record<string, Json>>;
  for (const key in object) {
    count++;
    const item = object[key];
    if (typeof item === 'object') count += countMembers(item);
  }
  return count;
}
