import { type FileHandle, open, stat } from 'node:fs/promises';
import type { Clock } from '../base/index.ts';
import { type LineOptions, LogLines } from './pod-logs/log-line.ts';
import { tailOffset } from './pod-logs/tail.ts';

export { type LogRotationOptions, rotateLogs, runLogRotation } from './pod-logs/rotate.ts';

export interface ContainerLogOptions extends LineOptions {
  /** Goes on until the container has ended and all of it is read. */
  readonly follow: boolean;
  /** The last so many lines of the file; all when absent. */
  readonly tailLines?: number;
  /** Ends the reading, quietly. */
  readonly signal: AbortSignal;
  /** Whether more may come. Asked at the end of the file, a few times a second. */
  readonly isRunning: () => boolean | Promise<boolean>;
  readonly clock: Clock;
  /** How often the end of a followed file is looked at; 100 ms when absent. */
  readonly pollMs?: number;
}

const readBytes = 64 * 1024;

/**
 * Reads a container's log (CRI's format) as clients get it: contents alone, parts of lines joined. Follows the file through rotations.
 * Rejects at the first read where the file cannot be opened. Nothing is read ahead of who pulls.
 */
export async function* openContainerLog(path: string, options: ContainerLogOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const log = new OpenLog(path, options);
  await log.open();
  try {
    yield* log.chunks();
  } finally {
    await log.close();
  }
}

class OpenLog {
  readonly #path: string;
  readonly #options: ContainerLogOptions;
  readonly #lines: LogLines;
  readonly #buffer = Buffer.allocUnsafe(readBytes);
  #file: FileHandle | undefined;
  #inode = 0;
  #position = 0;

  constructor(path: string, options: ContainerLogOptions) {
    this.#path = path;
    this.#options = options;
    this.#lines = new LogLines(options);
  }

  async open(): Promise<void> {
    this.#file = await open(this.#path, 'r');
    try {
      const { ino, size } = await this.#file.stat();
      this.#inode = ino;
      const { tailLines } = this.#options;
      if (tailLines !== undefined) this.#position = await tailOffset(this.#file, size, tailLines);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    const { signal, follow, clock, pollMs = 100 } = this.#options;
    for (;;) {
      // Asked before reading: what was written until the end is read after it.
      const running = follow && (await this.#options.isRunning());
      yield* this.#toEnd();
      if (signal.aborted || this.#lines.full) return;
      if (!follow) break;
      if (await this.#successor()) continue;
      if (!running) break;
      try {
        await clock.sleep(pollMs, signal);
      } catch {
        return;
      }
    }
    const rest = this.#lines.finish();
    if (rest.length > 0) yield rest;
  }

  async *#toEnd(): AsyncGenerator<Uint8Array, void, undefined> {
    const file = this.#file!;
    while (!this.#options.signal.aborted && !this.#lines.full) {
      const { bytesRead } = await file.read(this.#buffer, 0, readBytes, this.#position);
      if (bytesRead === 0) return;
      this.#position += bytesRead;
      const out = this.#lines.push(this.#buffer.subarray(0, bytesRead));
      if (out.length > 0) yield out;
    }
  }

  /** Whether the path leads to another file by now (rotated, then opened anew by the runtime) or was cut: the reading goes on there. */
  async #successor(): Promise<boolean> {
    const now = await stat(this.#path).catch(() => undefined);
    if (now === undefined) return false;
    if (now.ino === this.#inode) {
      if (now.size >= this.#position) return false;
      this.#position = 0;
      this.#lines.reset();
      return true;
    }
    // Between the last read and the new file the old one may have grown; nobody writes it now.
    if ((await this.#file!.stat()).size > this.#position) return true;
    const next = await open(this.#path, 'r').catch(() => undefined);
    if (!next) return false;
    await this.close();
    this.#file = next;
    this.#inode = (await next.stat()).ino;
    this.#position = 0;
    return true;
  }
}
