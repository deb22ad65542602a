import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { normalizeReference } from './reference.ts';
import { readTar } from './tar-read.ts';

/** A blob to upload: bytes made here, or a range of the archive. */
export interface ArchiveBlob {
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
  read(): AsyncIterable<Uint8Array>;
}

/** One image of an archive, for one platform. */
export interface ArchivedImage {
  /** Full references. */
  readonly names: readonly string[];
  readonly manifest: ArchiveBlob;
  readonly config: ArchiveBlob;
  readonly layers: readonly ArchiveBlob[];
}

interface Descriptor {
  readonly mediaType?: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly architecture?: string; readonly os?: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Place {
  readonly offset: number;
  readonly size: number;
}

const jsonLimitBytes = 4 * 1024 * 1024;
const layerLimit = 256;
const indexDepth = 4;
const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const layerType = 'application/vnd.oci.image.layer.v1.tar';

/** Copies a stream to a file, unpacked if it is gzip. Throws once there are more than `limitBytes`. */
export async function spool(source: AsyncIterable<Uint8Array>, file: string, limitBytes: number): Promise<void> {
  const iterator = source[Symbol.asyncIterator]();
  const first = await iterator.next();
  const start = first.done ? new Uint8Array(0) : first.value;
  async function* whole() {
    yield start;
    for (;;) {
      const { done, value } = await iterator.next();
      if (done) return;
      yield value;
    }
  }
  async function* limited(chunks: AsyncIterable<Uint8Array>) {
    let sum = 0;
    for await (const chunk of chunks) {
      sum += chunk.length;
      if (sum > limitBytes) throw new Error(`image archive is greater than ${limitBytes} bytes`);
      yield chunk;
    }
  }
  const out = createWriteStream(file, { flags: 'wx', mode: 0o600 });
  const input = Readable.from(whole());
  if (start[0] === 0x1f && start[1] === 0x8b) await pipeline(input, createGunzip(), limited, out);
  else await pipeline(input, limited, out);
}

/** Reads what is in an archive: an OCI layout, or what `docker save` writes. Indexes are narrowed to `arch`. */
export async function readImageArchive(file: string, arch: string): Promise<readonly ArchivedImage[]> {
  const archive = await indexArchive(file);
  if (archive.has('index.json')) {
    const images = await readOciLayout(archive, arch);
    if (images.some((i) => i.names.length > 0) || !archive.has('manifest.json')) return images;
  }
  if (archive.has('manifest.json')) return await readDockerArchive(archive);
  throw new Error('no image archive: neither index.json nor manifest.json in it');
}

interface Archive {
  has(path: string): boolean;
  json<T>(path: string): Promise<T>;
  blob(path: string, as: { readonly digest?: string; readonly mediaType: string }): Promise<ArchiveBlob>;
  /** The first bytes. */
  head(path: string): Promise<Buffer>;
}

async function indexArchive(file: string): Promise<Archive> {
  const places = new Map<string, Place>();
  const links = new Map<string, string>();
  for await (const { header, offset } of readTar(createReadStream(file, { highWaterMark: 1024 * 1024 }))) {
    if (header.type === 'file') places.set(header.path, { offset, size: header.size });
    if (header.type === 'symlink') links.set(header.path, new URL(header.target ?? '', `file:///${header.path}`).pathname.slice(1));
    if (header.type === 'link') links.set(header.path, (header.target ?? '').replace(/^(\.?\/)+/, ''));
  }
  const placeOf = (path: string): Place => {
    const place = places.get(path) ?? places.get(links.get(path) ?? '');
    if (!place) throw new Error(`image archive lacks ${path}`);
    return place;
  };
  const read = ({ offset, size }: Place): AsyncIterable<Buffer> =>
    size === 0 ? Readable.from([]) : createReadStream(file, { start: offset, end: offset + size - 1, highWaterMark: 256 * 1024 });
  return {
    has: (path) => places.has(path),
    async json<T>(path: string) {
      const place = placeOf(path);
      if (place.size > jsonLimitBytes) throw new Error(`${path} is too great`);
      return JSON.parse(Buffer.concat(await Array.fromAsync(read(place))).toString('utf8')) as T;
    },
    async blob(path, { digest, mediaType }) {
      const place = placeOf(path);
      return { digest: digest ?? (await digestOf(read(place))), mediaType, size: place.size, read: () => read(place) };
    },
    async head(path) {
      const { offset, size } = placeOf(path);
      await using handle = await open(file);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(size, 4)), { position: offset });
      return buffer.subarray(0, bytesRead);
    },
  };
}

async function digestOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of content) hash.update(piece);
  return `sha256:${hash.digest('hex')}`;
}

function blobPath(digest: string): string {
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new Error(`not a sha256 digest: ${JSON.stringify(digest)}`);
  return `blobs/sha256/${digest.slice(7)}`;
}

async function readOciLayout(archive: Archive, arch: string): Promise<readonly ArchivedImage[]> {
  const { manifests } = await archive.json<{ readonly manifests?: readonly Descriptor[] }>('index.json');
  const images = new Map<string, ArchivedImage>();
  for (const descriptor of manifests ?? []) {
    if (!fits(descriptor, arch)) continue;
    const found = await findManifest(archive, descriptor, { arch, depth: 0 });
    if (!found) continue;
    const names = nameOf(descriptor.annotations ?? {});
    const known = images.get(found.digest);
    if (known) images.set(found.digest, { ...known, names: [...known.names, ...names] });
    else images.set(found.digest, { names, ...(await readManifest(archive, found)) });
  }
  return [...images.values()];
}

function nameOf(annotations: Readonly<Record<string, string>>): string[] {
  const full = annotations['io.containerd.image.name'] ?? annotations['org.opencontainers.image.ref.name'];
  // A bare tag names no image.
  if (full === undefined || (!annotations['io.containerd.image.name'] && !/[/:]/.test(full))) return [];
  return [normalizeReference(full)];
}

function fits({ platform }: Descriptor, arch: string): boolean {
  return platform === undefined || ((platform.architecture ?? arch) === arch && (platform.os ?? 'linux') === 'linux');
}

/** The manifest of the platform, through nested indexes; undefined when there is none. */
async function findManifest(
  archive: Archive,
  descriptor: Descriptor,
  look: { readonly arch: string; readonly depth: number },
): Promise<Descriptor | undefined> {
  if (!/index|manifest\.list/.test(descriptor.mediaType ?? manifestType)) return descriptor;
  if (look.depth >= indexDepth) throw new Error('image indexes are nested too deeply');
  const { manifests } = await archive.json<{ readonly manifests?: readonly Descriptor[] }>(blobPath(descriptor.digest));
  for (const child of manifests ?? []) {
    // The other platforms' manifests may be left out of an archive.
    if (!fits(child, look.arch) || !archive.has(blobPath(child.digest))) continue;
    const found = await findManifest(archive, child, { ...look, depth: look.depth + 1 });
    if (found) return found;
  }
  return undefined;
}

async function readManifest(archive: Archive, descriptor: Descriptor): Promise<Omit<ArchivedImage, 'names'>> {
  const path = blobPath(descriptor.digest);
  const { config, layers } = await archive.json<{ readonly config: Descriptor; readonly layers: readonly Descriptor[] }>(path);
  if (layers.length > layerLimit) throw new Error('image has too many layers');
  const blobOf = ({ digest, mediaType }: Descriptor) => archive.blob(blobPath(digest), { digest, mediaType: mediaType ?? layerType });
  return {
    manifest: await archive.blob(path, { digest: descriptor.digest, mediaType: descriptor.mediaType ?? manifestType }),
    config: await blobOf(config),
    layers: await Promise.all(layers.map(blobOf)),
  };
}

async function readDockerArchive(archive: Archive): Promise<readonly ArchivedImage[]> {
  type Entry = { readonly Config: string; readonly RepoTags?: readonly string[] | null; readonly Layers: readonly string[] };
  const images: ArchivedImage[] = [];
  for (const { Config, RepoTags, Layers } of await archive.json<readonly Entry[]>('manifest.json')) {
    if (Layers.length > layerLimit) throw new Error('image has too many layers');
    const config = await archive.blob(Config, { mediaType: 'application/vnd.oci.image.config.v1+json' });
    const layers: ArchiveBlob[] = [];
    for (const path of Layers) layers.push(await archive.blob(path, { mediaType: layerType + suffixOf(await archive.head(path)) }));
    images.push({ names: (RepoTags ?? []).map(normalizeReference), config, layers, manifest: makeManifest(config, layers) });
  }
  return images;
}

function suffixOf(head: Buffer): string {
  if (head[0] === 0x1f && head[1] === 0x8b) return '+gzip';
  return head.length === 4 && head.readUInt32LE() === 0xfd2fb528 ? '+zstd' : '';
}

function makeManifest(config: ArchiveBlob, layers: readonly ArchiveBlob[]): ArchiveBlob {
  const descriptor = ({ mediaType, digest, size }: ArchiveBlob) => ({ mediaType, digest, size });
  const content = { schemaVersion: 2, mediaType: manifestType, config: descriptor(config), layers: layers.map(descriptor) };
  const bytes = Buffer.from(JSON.stringify(content));
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  return { digest, mediaType: manifestType, size: bytes.length, read: () => Readable.from([bytes]) };
}
