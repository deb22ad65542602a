import type { Writable } from 'node:stream';
import type { Chunks } from '../reply.ts';

/**
 * Writes chunks to a reply under back-pressure: the next one is asked for when the last has been taken. Ends the source when the reader
 * has gone, and the reader when the source fails (its reply then stays visibly incomplete).
 */
export class Pump {
  readonly #iterator: AsyncIterator<Uint8Array>;
  readonly #out: Writable;
  #wake: (() => void) | undefined;
  #stopped = false;

  constructor(chunks: Chunks, out: Writable) {
    this.#iterator = chunks[Symbol.asyncIterator]();
    this.#out = out;
  }

  /** Resolves at the end; never rejects: a failing source is told to `onError`. */
  async run(onError: (error: Error) => void): Promise<void> {
    const out = this.#out;
    out.on('drain', this.#onDrain).on('close', this.#onClose);
    try {
      for (;;) {
        const next = await this.#iterator.next();
        if (next.done || this.#stopped) break;
        if (!out.write(next.value)) await new Promise<void>((resolve) => (this.#wake = resolve));
      }
      if (!out.destroyed) out.end();
    } catch (error) {
      onError(error instanceof Error ? error : new Error(String(error)));
    } finally {
      out.off('drain', this.#onDrain).off('close', this.#onClose);
    }
  }

  /** Ends the source, and the reply cleanly after what it has given. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#iterator.return?.().then(undefined, () => {});
    this.#onDrain();
    if (!this.#out.destroyed) this.#out.end();
  }

  readonly #onDrain = () => {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  };

  readonly #onClose = () => {
    this.#stopped = true;
    this.#iterator.return?.().then(undefined, () => {});
    this.#onDrain();
  };
}
