import type { FileHandle } from 'node:fs/promises';

const blockBytes = 16 * 1024;
const newline = 0x0a;

/** Where the last `lines` lines of a file begin, found from its end. Lines are those of the file: a part counts as one. */
export async function tailOffset(file: FileHandle, size: number, lines: number): Promise<number> {
  if (lines <= 0) return size;
  const buffer = Buffer.allocUnsafe(blockBytes);
  let left = lines;
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - blockBytes);
    const { bytesRead } = await file.read(buffer, 0, end - start, start);
    for (let at = bytesRead - 1; at >= 0; at--) {
      // The newline that ends the file ends its last line; it begins none.
      if (buffer[at] !== newline || start + at === size - 1) continue;
      if (--left === 0) return start + at + 1;
    }
    end = start;
  }
  return 0;
}
