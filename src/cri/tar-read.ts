import { blockBytes, paddingOf, parsePax, parseUstar, type TarHeader } from './tar-format.ts';

export interface TarEntry {
  readonly header: TarHeader;
  /** Where the content begins, in bytes from the archive's start. */
  readonly offset: number;
  /** The content, to be read before the next entry is asked for; what is left unread is skipped. */
  readonly content: AsyncIterable<Buffer>;
}

const nameLimitBytes = 64 * 1024;
const entryLimit = 1_000_000;

/**
 * Reads an archive as it arrives (ustar, pax, GNU long names). Paths are made relative and `.` parts dropped; one that climbs out with `..`
 * throws, as do truncation, bad checksums, over 64 KiB of names and over 1,000,000 entries.
 */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const bytes = new ByteSource(source);
  let extra = new Map<string, string>();
  for (let count = 0; ;) {
    const block = await bytes.take(blockBytes, { orEnd: count > 0 });
    const parsed = block && parseUstar(block);
    if (!parsed) return;
    if (++count > entryLimit) throw new Error('tar archive holds too many entries');
    const { flag, header } = parsed;
    if (flag === 'x' || flag === 'g' || flag === 'L' || flag === 'K') {
      const body = await takeNames(bytes, header.size);
      if (flag === 'x') extra = new Map([...extra, ...parsePax(body)]);
      else if (flag !== 'g') extra.set(flag === 'L' ? 'path' : 'linkpath', body.toString('utf8').replace(/\0+$/, ''));
      continue;
    }
    const full = withExtra(header, extra);
    extra = new Map();
    const content = bytes.content(full.size);
    yield { header: full, offset: bytes.offset, content };
    for await (const _ of content);
    await bytes.take(paddingOf(full.size), { orEnd: true });
  }
}

async function takeNames(bytes: ByteSource, size: number): Promise<Buffer> {
  if (size > nameLimitBytes) throw new Error('tar archive holds a name too long');
  const body = (await bytes.take(size))!;
  await bytes.take(paddingOf(size));
  return body;
}

function withExtra(header: TarHeader, extra: ReadonlyMap<string, string>): TarHeader {
  const numberOf = (key: string, otherwise: number) => {
    const value = extra.has(key) ? Number(extra.get(key)) : otherwise;
    if (!Number.isSafeInteger(value) || value < 0) throw new Error('bad number in a pax header');
    return value;
  };
  const isContent = header.type === 'file';
  return {
    ...header,
    path: safePath(extra.get('path') ?? header.path),
    target: extra.get('linkpath') ?? header.target ?? '',
    size: isContent ? numberOf('size', header.size) : 0,
    uid: numberOf('uid', header.uid),
    gid: numberOf('gid', header.gid),
  };
}

function safePath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw new Error(`tar archive leads outside: ${path}`);
  return parts.join('/');
}

/** Hands a stream of chunks out in pieces of the sizes asked for. */
class ByteSource {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);
  #offset = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#iterator = source[Symbol.asyncIterator]();
  }

  /** How many bytes were handed out. */
  get offset(): number {
    return this.#offset;
  }

  /** Exactly `size` bytes; at the end of the stream undefined, or an error unless `orEnd`. */
  async take(size: number, options: { readonly orEnd?: boolean } = {}): Promise<Buffer | undefined> {
    const parts: Buffer[] = [];
    let missing = size;
    while (missing > 0) {
      const piece = await this.#upTo(missing);
      if (!piece) {
        if (options.orEnd && parts.length === 0) return undefined;
        throw new Error('tar archive is cut off');
      }
      parts.push(piece);
      missing -= piece.length;
    }
    return parts.length === 1 ? parts[0] : Buffer.concat(parts);
  }

  /** The next `size` bytes as they come; may be read in several loops, each going on where the last one stopped. */
  content(size: number): AsyncIterable<Buffer> {
    let missing = size;
    const next = async (): Promise<IteratorResult<Buffer>> => {
      if (missing === 0) return { done: true, value: undefined };
      const piece = await this.#upTo(missing);
      if (!piece) throw new Error('tar archive is cut off');
      missing -= piece.length;
      return { done: false, value: piece };
    };
    return { [Symbol.asyncIterator]: () => ({ next }) };
  }

  async #upTo(limit: number): Promise<Buffer | undefined> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#iterator.next();
      if (done) return undefined;
      this.#rest = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
    const piece = this.#rest.subarray(0, limit);
    this.#rest = this.#rest.subarray(piece.length);
    this.#offset += piece.length;
    return piece;
  }
}
