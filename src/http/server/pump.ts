import { Readable, type Writable } from 'node:stream';
import type { Chunks } from '../reply.ts';

/**
 * Writes chunks to a reply under back-pressure: the next one is asked for when the last has been taken. Ends the source when the reader
 * has gone, and the reader when the source fails (its reply then stays visibly incomplete).
 */
export class Pump {
  readonly #chunks: Chunks;
  readonly #iterator: AsyncIterator<Uint8Array>;
  readonly #out: Writable;
  #onError: (error: Error) => void = () => {};
  /** The reader has to take what it has before more is asked for. */
  #full = false;
  #stopped = false;

  constructor(chunks: Chunks, out: Writable) {
    this.#chunks = chunks;
    this.#iterator = chunks[Symbol.asyncIterator]();
    this.#out = out;
  }

  /** Goes on by itself until the source ends. Callbacks, not an async loop: a watch event passes here once for each of its watchers. */
  run(onError: (error: Error) => void): void {
    this.#onError = onError;
    this.#out.on('drain', this.#onDrain).on('close', this.#onClose);
    this.#pull();
  }

  /** Ends the source, and the reply cleanly after what it has given. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#endSource();
    if (!this.#out.destroyed) this.#out.end();
  }

  #endSource(): void {
    this.#iterator.return?.().then(undefined, () => {});
    // Ending an iteration that has not begun does not end a stream.
    if (this.#chunks instanceof Readable) this.#chunks.destroy();
  }

  #pull(): void {
    this.#iterator.next().then(this.#onNext, this.#onFailure);
  }

  readonly #onNext = (next: IteratorResult<Uint8Array>): void => {
    if (this.#stopped) return;
    if (next.done === true) {
      this.#stopped = true;
      if (!this.#out.destroyed) this.#out.end();
    } else if (this.#out.write(next.value)) this.#pull();
    else this.#full = true;
  };

  readonly #onFailure = (error: unknown): void => {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#onError(error instanceof Error ? error : new Error(String(error)));
  };

  readonly #onDrain = (): void => {
    if (!this.#full || this.#stopped) return;
    this.#full = false;
    this.#pull();
  };

  readonly #onClose = (): void => {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#endSource();
  };
}
