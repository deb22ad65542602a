export interface TerminalSize {
  readonly width: number;
  readonly height: number;
}

/** Of JSON that has not come to an end. */
const maxPendingBytes = 4096;

/** Reads `{"Width":120,"Height":40}` from a stream of them, run together or cut anywhere. Sizes of zero and what is no size are left out. */
export class TerminalSizeReader {
  #pending = '';

  read(bytes: Uint8Array): TerminalSize[] {
    this.#pending += Buffer.from(bytes).toString('latin1');
    const sizes: TerminalSize[] = [];
    for (let end = this.#pending.indexOf('}'); end >= 0; end = this.#pending.indexOf('}')) {
      const size = parseSize(this.#pending.slice(0, end + 1));
      if (size) sizes.push(size);
      this.#pending = this.#pending.slice(end + 1);
    }
    if (this.#pending.length > maxPendingBytes) this.#pending = '';
    return sizes;
  }
}

const isDimension = (n: unknown): n is number => Number.isInteger(n) && (n as number) > 0 && (n as number) <= 65_535;

function parseSize(text: string): TerminalSize | undefined {
  try {
    const { Width: width, Height: height } = JSON.parse(text) as { Width?: unknown; Height?: unknown };
    return isDimension(width) && isDimension(height) ? { width, height } : undefined;
  } catch {
    return undefined;
  }
}

export function encodeTerminalSize(size: TerminalSize): Buffer {
  return Buffer.from(`${JSON.stringify({ Width: size.width, Height: size.height })}\n`);
}

/** Terminal sizes on their way to who applies them: only the newest is kept. */
export class TerminalSizes implements AsyncIterableIterator<TerminalSize> {
  #latest: TerminalSize | undefined;
  #waiting: ((result: IteratorResult<TerminalSize, undefined>) => void) | undefined;
  #ended = false;

  put(size: TerminalSize): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) waiting({ done: false, value: size });
    else this.#latest = size;
  }

  end(): void {
    this.#ended = true;
    this.#waiting?.({ done: true, value: undefined });
    this.#waiting = undefined;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<TerminalSize, undefined>> {
    const size = this.#latest;
    this.#latest = undefined;
    if (size) return Promise.resolve({ done: false, value: size });
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => (this.#waiting = resolve));
  }

  return(): Promise<IteratorResult<TerminalSize, undefined>> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }
}
