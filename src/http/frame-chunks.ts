import type { Body, BodyStream, Chunks, MediaType } from './reply.ts';

export type Framing = 'lines' | 'length-prefixed';

const newline = Uint8Array.of(10);

type Result = IteratorResult<Uint8Array, undefined>;
const over: Result = { done: true, value: undefined };

/** The bytes of a body, joined if it comes in slices. */
export async function wholeBytes(bytes: Uint8Array | Chunks | Promise<Uint8Array | Chunks>): Promise<Uint8Array> {
  const made = await bytes;
  if (made instanceof Uint8Array) return made;
  const parts: Uint8Array[] = [];
  for await (const part of made) parts.push(part);
  return Buffer.concat(parts);
}

/**
 * A stream of values as chunks of bytes: all frames of one `read` become one chunk, so that they leave in one write. Lines end with one
 * newline, added where a frame has none; the other framing puts each frame's length before it, as 32 bits, big-endian.
 * Ending the iteration closes the stream at once, even while a `read` is waiting.
 */
export class FrameChunks implements AsyncIterableIterator<Uint8Array> {
  readonly #frames: BodyStream;
  readonly #mediaType: MediaType;
  readonly #framing: Framing;
  #ended = false;

  constructor(frames: BodyStream, mediaType: MediaType, framing: Framing) {
    this.#frames = frames;
    this.#mediaType = mediaType;
    this.#framing = framing;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    return this.#ended ? Promise.resolve(over) : this.#frames.read().then(this.#onBatch);
  }

  return(): Promise<Result> {
    if (!this.#ended) {
      this.#ended = true;
      this.#frames.close();
    }
    return Promise.resolve(over);
  }

  readonly #onBatch = (batch: readonly Body[] | undefined): Result | Promise<Result> => {
    if (batch === undefined || this.#ended) return over;
    const first = batch.length === 1 ? batch[0]!.bytes(this.#mediaType) : undefined;
    if (first instanceof Uint8Array && this.#framing === 'lines' && first.at(-1) === 10) return { done: false, value: first };
    return this.#join(batch).then((value) => ({ done: false, value }));
  };

  async #join(batch: readonly Body[]): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for (const body of batch) {
      const made = body.bytes(this.#mediaType);
      const bytes = made instanceof Uint8Array ? made : await wholeBytes(made);
      if (this.#framing === 'length-prefixed') {
        const length = Buffer.allocUnsafe(4);
        length.writeUInt32BE(bytes.length);
        parts.push(length, bytes);
      } else if (bytes.at(-1) === 10) parts.push(bytes);
      else parts.push(bytes, newline);
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }
}
