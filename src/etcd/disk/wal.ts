import { constants } from 'node:fs';
import { type FileHandle, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { assert } from '../../base/index.ts';
import { hasFrameAfter, looksTorn, readFrame } from './wal-frame.ts';

/** The log is damaged where it must not be: acknowledged writes cannot be read. */
export class WalCorruptError extends Error {
  override readonly name = 'WalCorruptError';
}

export interface WalOptions {
  readonly dir: string;
  /** Size of a segment, allocated before it is used, so that a sync writes no metadata. */
  readonly segmentBytes: number;
}

/** A segment that is allocated and waits to be used. */
interface Spare {
  readonly path: string;
  readonly bytes: number;
}

interface Segment {
  readonly path: string;
  readonly firstIndex: number;
}

const suffix = '.wal';
const nameOf = (firstIndex: number) => `${String(firstIndex).padStart(16, '0')}${suffix}`;
/** A new store is ready sooner when its first segment is small. */
const firstSegmentBytes = 1024 * 1024;
const zeros = Buffer.alloc(1024 * 1024);

/**
 * The write-ahead log: preallocated segments named after the index of their first proposal. `append` writes one frame and returns when it is
 * on disk (the file is opened with O_DSYNC: write and fdatasync in one system call). One call at a time.
 */
export class Wal {
  readonly #options: WalOptions;
  /** Oldest first; the last one is being written. */
  #segments: Segment[];
  #file: FileHandle | undefined;
  #size = 0;
  #at = 0;
  #spare: Promise<Spare> | undefined;
  #spareCount = 0;

  private constructor(options: WalOptions, segments: Segment[]) {
    this.#options = options;
    this.#segments = segments;
  }

  /**
   * Opens the log and calls `replay` with each proposal from `fromIndex` on. A torn write at the very end is cut off; damage anywhere else,
   * or a gap in the indexes, throws `WalCorruptError`. Returns the log and the index after the last proposal.
   */
  static async open(
    options: WalOptions,
    fromIndex: number,
    replay: (proposal: Uint8Array, index: number) => void,
  ): Promise<{ readonly wal: Wal; readonly nextIndex: number }> {
    const names = (await readdir(options.dir)).filter((n) => n.endsWith(suffix)).sort();
    const segments = names.map((n) => ({ path: join(options.dir, n), firstIndex: Number(n.slice(0, -suffix.length)) }));
    for (const left of (await readdir(options.dir)).filter((n) => n.startsWith('spare'))) await unlink(join(options.dir, left));
    const wal = new Wal(options, segments);
    let nextIndex = segments[0]?.firstIndex ?? fromIndex;
    if (nextIndex > fromIndex)
      throw new WalCorruptError(`${segments[0]!.path}: the log starts at ${nextIndex}, the backend ends before ${fromIndex}`);
    for (const [i, segment] of segments.entries()) {
      const isLast = i === segments.length - 1;
      if (segment.firstIndex !== nextIndex) throw new WalCorruptError(`${segment.path}: starts at ${segment.firstIndex}, expected ${nextIndex}`);
      nextIndex = await wal.#replaySegment(segment, { isLast, fromIndex, nextIndex, replay });
    }
    if (nextIndex < fromIndex)
      throw new WalCorruptError(`${segments.at(-1)!.path}: the log ends before ${nextIndex}, the backend before ${fromIndex}`);
    // The first write of a new store should not wait for its segment.
    if (!wal.#file) wal.#prepareSpare(Math.min(options.segmentBytes, firstSegmentBytes));
    return { wal, nextIndex };
  }

  async #replaySegment(
    segment: Segment,
    at: { readonly isLast: boolean; readonly fromIndex: number; nextIndex: number; readonly replay: (proposal: Uint8Array, index: number) => void },
  ): Promise<number> {
    const bytes = await readFile(segment.path);
    let { nextIndex } = at;
    let offset = 0;
    for (;;) {
      const frame = readFrame(bytes, offset);
      if (frame === 'end') {
        if (hasFrameAfter(bytes, offset)) throw new WalCorruptError(`${segment.path}: records follow a gap at offset ${offset}`);
        break;
      }
      if (frame === 'bad') {
        if (!at.isLast || hasFrameAfter(bytes, offset) || !looksTorn(bytes, offset)) {
          throw new WalCorruptError(`${segment.path}: damaged record at offset ${offset}, index ${nextIndex}`);
        }
        await clearFrom(segment.path, offset, bytes.length);
        break;
      }
      if (frame.firstIndex !== nextIndex)
        throw new WalCorruptError(`${segment.path}: index ${frame.firstIndex} at offset ${offset}, expected ${nextIndex}`);
      for (const proposal of frame.proposals) {
        if (nextIndex >= at.fromIndex) at.replay(proposal, nextIndex);
        nextIndex++;
      }
      offset = frame.end;
    }
    if (at.isLast) {
      this.#file = await openSynced(segment.path);
      this.#size = bytes.length;
      this.#at = offset;
    }
    return nextIndex;
  }

  /** Writes a frame whose first proposal has this index; on disk when it resolves. After a rejection the log must not be used again. */
  async append(frame: Buffer, firstIndex: number): Promise<void> {
    if (!this.#file || this.#at + frame.length > this.#size) await this.#nextSegment(firstIndex, frame.length);
    const { bytesWritten } = await this.#file!.write(frame, 0, frame.length, this.#at);
    assert(bytesWritten === frame.length, 'a frame is written whole');
    this.#at += frame.length;
    // The next segment is made while this one still has room.
    if (!this.#spare && this.#at > this.#size / 2) this.#prepareSpare(this.#options.segmentBytes);
  }

  #prepareSpare(bytes: number): void {
    this.#spare = this.#makeSpare(bytes);
    // Whoever needs it hears of the failure; nobody may.
    this.#spare.catch(() => {});
  }

  async #nextSegment(firstIndex: number, least: number): Promise<void> {
    await this.#file?.close();
    let spare = await this.#spare;
    this.#spare = undefined;
    if (!spare || spare.bytes < least) {
      if (spare) await unlink(spare.path);
      spare = await this.#makeSpare(Math.max(least, this.#options.segmentBytes));
    }
    const path = join(this.#options.dir, nameOf(firstIndex));
    await rename(spare.path, path);
    await syncDirectory(this.#options.dir);
    this.#file = await openSynced(path);
    this.#size = spare.bytes;
    this.#at = 0;
    this.#segments.push({ path, firstIndex });
  }

  async #makeSpare(bytes: number): Promise<Spare> {
    const path = join(this.#options.dir, `spare-${this.#spareCount++}`);
    const file = await open(path, 'w', 0o600);
    try {
      for (let at = 0; at < bytes; at += zeros.length) await file.write(zeros, 0, Math.min(zeros.length, bytes - at), at);
      await file.datasync();
    } finally {
      await file.close();
    }
    return { path, bytes };
  }

  /** Removes segments that hold nothing from `index` on. The one being written stays. */
  async removeBelow(index: number): Promise<void> {
    while (this.#segments.length > 1 && this.#segments[1]!.firstIndex <= index) {
      const { path } = this.#segments.shift()!;
      await unlink(path);
    }
  }

  async close(): Promise<void> {
    const spare = await this.#spare?.catch(() => undefined);
    if (spare) await unlink(spare.path);
    await this.#file?.close();
  }
}

function openSynced(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDWR | constants.O_DSYNC);
}

async function clearFrom(path: string, from: number, size: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    for (let at = from; at < size; at += zeros.length) await file.write(zeros, 0, Math.min(zeros.length, size - at), at);
    await file.datasync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
