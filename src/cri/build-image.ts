import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, lstat, mkdtemp, open, readdir, readlink, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Architecture } from './pause-elf.ts';
import { pauseElf } from './pause-elf.ts';
import { normalizeReference } from './reference.ts';
import { blockBytes, paddingOf, tarHeader, type TarHeader } from './tar-format.ts';

export interface ImageConfig {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly WorkingDir?: string;
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly User?: string;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly StopSignal?: string;
}

/** A folder as it is (owners, modes, links), without what `exclude` holds (paths from its top, with all below); or files made of bytes. */
export type ImageLayer =
  | { readonly dir: string; readonly exclude?: readonly string[] }
  | { readonly files: Readonly<Record<string, { readonly content: string | Uint8Array; readonly mode: number }>> };

export interface ImageOptions {
  /** Made a full reference: `busybox` becomes `docker.io/library/busybox:latest`. */
  readonly name: string;
  readonly layers: readonly ImageLayer[];
  readonly config?: ImageConfig;
  /** Default: this machine's. */
  readonly arch?: Architecture;
}

export const pauseImageName = 'registry.k8s.io/pause:kubets';

interface Blob {
  readonly digest: string;
  readonly size: number;
  readonly content: Buffer | { readonly file: string };
}

/**
 * Writes an image as the tar of an OCI layout that `importImage`, `ctr images import` and `docker load` take. Deterministic: sorted, no
 * times. Layers are not compressed. Needs as much space again beside the result while it works; the result appears whole or not at all.
 */
export async function buildImage(options: ImageOptions, outTarPath: string): Promise<{ readonly name: string; readonly digest: string }> {
  const name = normalizeReference(options.name);
  const folder = await mkdtemp(join(dirname(outTarPath), '.image-'));
  try {
    const layers: Blob[] = [];
    for (const [i, layer] of options.layers.entries()) layers.push(await writeLayer(layer, join(folder, `layer-${i}`)));
    const architecture = options.arch ?? localArchitecture();
    const config = jsonBlob({
      architecture,
      os: 'linux',
      config: options.config ?? {},
      rootfs: { type: 'layers', diff_ids: layers.map((l) => l.digest) },
      history: layers.map(() => ({ created_by: 'kubets' })),
    });
    const manifest = jsonBlob({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: config.digest, size: config.size },
      layers: layers.map((l) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: l.digest, size: l.size })),
    });
    const index = {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [
        {
          mediaType: 'application/vnd.oci.image.manifest.v1+json',
          digest: manifest.digest,
          size: manifest.size,
          platform: { architecture, os: 'linux' },
          annotations: { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': name.slice(name.lastIndexOf(':') + 1) },
        },
      ],
    };
    const out = join(folder, 'image.tar');
    await writeLayout(out, { blobs: [...layers, config, manifest], index });
    await rename(out, outTarPath);
    return { name, digest: manifest.digest };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes the project's own sandbox image, some 5 KiB. */
export async function buildPauseImage(outTarPath: string, arch: Architecture = localArchitecture()): Promise<{ readonly name: string }> {
  const layers = [{ files: { pause: { content: pauseElf(arch), mode: 0o755 } } }];
  return await buildImage({ name: pauseImageName, layers, config: { Entrypoint: ['/pause'], User: '65535:65535' }, arch }, outTarPath);
}

export function localArchitecture(): Architecture {
  if (process.arch === 'x64') return 'amd64';
  if (process.arch === 'arm64') return 'arm64';
  throw new Error(`no images for ${process.arch}`);
}

function jsonBlob(value: object): Blob {
  const content = Buffer.from(JSON.stringify(value));
  return { digest: `sha256:${createHash('sha256').update(content).digest('hex')}`, size: content.length, content };
}

async function writeLayout(out: string, layout: { readonly blobs: readonly Blob[]; readonly index: object }): Promise<void> {
  await using tar = await openTar(out);
  const file = async (path: string, size: number) => {
    await tar.header({ path, type: 'file', mode: 0o644, uid: 0, gid: 0, size });
  };
  const json = async (path: string, value: object) => {
    const content = Buffer.from(JSON.stringify(value));
    await file(path, content.length);
    await tar.content([content]);
  };
  await json('oci-layout', { imageLayoutVersion: '1.0.0' });
  await json('index.json', layout.index);
  const written = new Set<string>();
  for (const blob of layout.blobs) {
    if (written.has(blob.digest)) continue;
    written.add(blob.digest);
    await file(`blobs/sha256/${blob.digest.slice(7)}`, blob.size);
    await tar.content(Buffer.isBuffer(blob.content) ? [blob.content] : createReadStream(blob.content.file));
  }
  await tar.finish();
}

async function writeLayer(layer: ImageLayer, file: string): Promise<Blob> {
  await using tar = await openTar(file);
  if ('dir' in layer) await addFolder(tar, layer.dir, { under: '', exclude: new Set(layer.exclude ?? []), seen: new Map() });
  else await addFiles(tar, layer.files);
  const { size, digest } = await tar.finish();
  return { digest, size, content: { file } };
}

async function addFiles(tar: TarFile, files: Extract<ImageLayer, { files: unknown }>['files']): Promise<void> {
  const folders = new Set<string>();
  for (const path of Object.keys(files).toSorted()) {
    const clean = path.replace(/^\/+/, '');
    const parts = clean.split('/');
    for (let i = 1; i < parts.length; i++) {
      const folder = parts.slice(0, i).join('/');
      if (folders.has(folder)) continue;
      folders.add(folder);
      await tar.header({ path: folder, type: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0 });
    }
    const { content, mode } = files[path]!;
    const bytes = Buffer.from(content as Uint8Array);
    await tar.header({ path: clean, type: 'file', mode, uid: 0, gid: 0, size: bytes.length });
    await tar.content([bytes]);
  }
}

interface Walk {
  readonly under: string;
  readonly exclude: ReadonlySet<string>;
  /** First paths of files with several names, by device and inode. */
  readonly seen: Map<string, string>;
}

async function addFolder(tar: TarFile, dir: string, walk: Walk): Promise<void> {
  const names = (await readdir(dir)).toSorted();
  for (const name of names) {
    const path = walk.under ? `${walk.under}/${name}` : name;
    if (!walk.exclude.has(path)) await addMember(tar, join(dir, name), { ...walk, under: path });
  }
}

async function addMember(tar: TarFile, source: string, walk: Walk): Promise<void> {
  const info = await lstat(source);
  const base = { path: walk.under, mode: info.mode & 0o7777, uid: info.uid, gid: info.gid, size: 0 };
  if (info.isDirectory()) {
    await tar.header({ ...base, type: 'directory' });
    await addFolder(tar, source, walk);
  } else if (info.isSymbolicLink()) {
    await tar.header({ ...base, type: 'symlink', mode: 0o777, target: await readlink(source) });
  } else if (info.isFile()) {
    const inode = `${info.dev}:${info.ino}`;
    const first = info.nlink > 1 ? walk.seen.get(inode) : undefined;
    if (first !== undefined) return await tar.header({ ...base, type: 'link', target: first });
    if (info.nlink > 1) walk.seen.set(inode, walk.under);
    await tar.header({ ...base, type: 'file', size: info.size });
    await tar.content(createReadStream(source));
  } else if (info.isCharacterDevice() || info.isBlockDevice()) {
    const { rdev } = await stat(source);
    const device = { major: (rdev >> 8) & 0xfff, minor: (rdev & 0xff) | ((rdev >> 12) & 0xfff00) };
    await tar.header({ ...base, type: info.isBlockDevice() ? 'block' : 'character', device });
  } else if (info.isFIFO()) {
    await tar.header({ ...base, type: 'fifo' });
  }
  // Sockets cannot be archived and mean nothing in an image.
}

interface TarFile extends AsyncDisposable {
  header(header: TarHeader): Promise<void>;
  /** The bytes of the file whose header was written last; throws when they are not as many as it said. */
  content(source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void>;
  finish(): Promise<{ readonly size: number; readonly digest: string }>;
}

async function openTar(path: string): Promise<TarFile> {
  const handle: FileHandle = await open(path, 'wx', 0o644);
  const hash: Hash = createHash('sha256');
  let size = 0;
  let expected = 0;
  const write = async (bytes: Uint8Array) => {
    hash.update(bytes);
    size += bytes.length;
    await handle.writeFile(bytes);
  };
  return {
    async header(header) {
      expected = header.size;
      await write(tarHeader(header));
    },
    async content(source) {
      let sum = 0;
      for await (const piece of source) {
        sum += piece.length;
        await write(piece);
      }
      if (sum !== expected) throw new Error(`a file changed while it was archived: ${sum} bytes for ${expected}`);
      if (paddingOf(sum) > 0) await write(Buffer.alloc(paddingOf(sum)));
    },
    async finish() {
      await write(Buffer.alloc(2 * blockBytes));
      return { size, digest: `sha256:${hash.digest('hex')}` };
    },
    [Symbol.asyncDispose]: () => handle.close(),
  };
}
