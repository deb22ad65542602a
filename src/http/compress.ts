import { pipeline } from 'node:stream';
import { createGzip, gzip } from 'node:zlib';
import type { Chunks } from './reply.ts';

/** Upstream compresses from this size on, at level 1. */
export const gzipThresholdBytes = 128 * 1024;
const options = { level: 1, chunkSize: 64 * 1024 };

/** Compresses in libuv's threads: the event loop only takes the result. */
export function gzipBytes(bytes: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    gzip(bytes, options, (error, result) => (error ? reject(error) : resolve(result)));
  });
}

/** Compresses slice by slice under back-pressure. Ending the iteration ends the source. */
export function gzipChunks(chunks: Chunks): Chunks {
  const out = createGzip(options);
  // A failing source destroys `out` with its error, which the reader of `out` receives.
  pipeline(chunks, out, () => {});
  return out;
}

/** What was read ahead, then the rest. No generator: ending one that has not started would leave its source open. */
class Joined implements AsyncIterableIterator<Uint8Array> {
  readonly #head: Uint8Array[];
  readonly #rest: AsyncIterator<Uint8Array>;

  constructor(head: Uint8Array[], rest: AsyncIterator<Uint8Array>) {
    this.#head = head;
    this.#rest = rest;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    const value = this.#head.shift();
    return value ? Promise.resolve({ done: false, value }) : this.#rest.next();
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    this.#head.length = 0;
    await this.#rest.return?.();
    return { done: true, value: undefined };
  }
}

/** Reads ahead until `limitBytes` or the end: a short body becomes bytes of known length, a long one stays a stream. */
export async function peekChunks(chunks: Chunks, limitBytes: number): Promise<Uint8Array | Chunks> {
  const iterator = chunks[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  for (let gathered = 0; gathered <= limitBytes;) {
    const next = await iterator.next();
    if (next.done) return head.length === 1 ? head[0]! : Buffer.concat(head);
    head.push(next.value);
    gathered += next.value.length;
  }
  return new Joined(head, iterator);
}
