import { nextTurn } from '../../base/index.ts';
import { listChunkBytes } from '../../storage/index.ts';

/** Text made piece by piece, gathered into slices of about 256 KiB; the event loop turns between slices. */
export async function* textSlices(head: string, pieces: Iterable<string>, tail: string): AsyncGenerator<Uint8Array> {
  let parts = [head];
  let size = head.length;
  let first = true;
  for (const piece of pieces) {
    parts.push(first ? piece : `,${piece}`);
    first = false;
    size += piece.length;
    if (size < listChunkBytes) continue;
    yield Buffer.from(parts.join(''));
    parts = [];
    size = 0;
    await nextTurn();
  }
  parts.push(tail);
  yield Buffer.from(parts.join(''));
}
