import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, type Logger, type Rng } from '../base/index.ts';
import { localArchitecture } from './build-image.ts';
import type { MessageValue } from './codec.ts';
import { isCriError } from './error.ts';
import { connectGrpc, type GrpcChannel } from './grpc.ts';
import { type ArchiveBlob, type ArchivedImage, readImageArchive, spool } from './image-archive.ts';
import { connectRuntime } from './runtime.ts';

export interface ImportOptions {
  readonly endpoint: string;
  /** A file, or a stream, which is kept in a temporary file while it is read. Either may be gzip. */
  readonly tar: string | AsyncIterable<Uint8Array>;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly logger: Logger;
  /** Bytes of a stream, default 20 GiB. */
  readonly limitBytes?: number;
}

const callTimeoutMs = 30_000;
const uploadTimeoutMs = 600_000;
const chunkBytes = 1024 * 1024;
const listedTimeoutMs = 10_000;

/** Brings an archive's images into containerd over its own services, and resolves once CRI lists them. Throws when none has a name. */
export async function importImage(options: ImportOptions): Promise<{ readonly names: readonly string[] }> {
  const lease = `kubets-import-${options.rng.uuid()}`;
  const headers = { 'containerd-namespace': 'k8s.io', 'containerd-lease': lease };
  const tar = typeof options.tar === 'string' && (await isGzip(options.tar)) ? createReadStream(options.tar) : options.tar;
  const folder = typeof tar === 'string' ? undefined : await mkdtemp(join(tmpdir(), 'kubets-import-'));
  const channel = connectGrpc({ endpoint: options.endpoint, clock: options.clock, headers });
  try {
    const file = folder === undefined ? (tar as string) : join(folder, 'image.tar');
    if (folder !== undefined) await spool(tar as AsyncIterable<Uint8Array>, file, options.limitBytes ?? 20 * 2 ** 30);
    const images = (await readImageArchive(file, localArchitecture())).filter((image) => image.names.length > 0);
    if (images.length === 0) throw new Error('the archive holds no named image for this platform');
    const expire = new Date(options.clock.now() + 3_600_000).toISOString();
    await call(channel, 'leases.v1.Leases/Create', { id: lease, labels: { 'containerd.io/gc.expire': expire } });
    for (const image of images) await importOne(channel, image, lease);
    const names = images.flatMap((image) => image.names);
    await waitUntilListed(names, options);
    await call(channel, 'leases.v1.Leases/Delete', { id: lease, sync: true });
    options.logger.info('imported images', { names });
    return { names };
  } finally {
    channel.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

async function isGzip(path: string): Promise<boolean> {
  await using handle = await open(path);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), { position: 0 });
  return bytesRead === 2 && buffer.readUInt16BE() === 0x1f8b;
}

/** `leases.v1.Leases/Create` of containerd's services. */
function call(channel: GrpcChannel, path: string, request: MessageValue): Promise<MessageValue> {
  const [, pkg, service, name] = /^([a-z]+\.v1)\.(\w+)\/(\w+)$/.exec(path)!;
  const prefix = `containerd.services.${pkg}`;
  const noun = service === 'Images' ? 'Image' : '';
  const empty = name === 'Delete';
  const method = {
    path: `${prefix}.${service}/${name}`,
    request: `${prefix}.${name}${noun}Request`,
    response: empty ? 'google.protobuf.Empty' : `${prefix}.${name}${noun}Response`,
  };
  return channel.unary(method, request, { timeoutMs: callTimeoutMs, idempotent: true });
}

async function importOne(channel: GrpcChannel, image: ArchivedImage, lease: string): Promise<void> {
  const labels: Record<string, string> = { 'containerd.io/gc.ref.content.config': image.config.digest };
  image.layers.forEach((layer, i) => (labels[`containerd.io/gc.ref.content.l.${i}`] = layer.digest));
  for (const blob of [...image.layers, image.config]) await upload(channel, blob, { lease });
  if (!(await upload(channel, image.manifest, { lease, labels }))) {
    // It was there already, perhaps without the labels that keep its children.
    const paths = Object.keys(labels).map((key) => `labels.${key}`);
    await call(channel, 'content.v1.Content/Update', { info: { digest: image.manifest.digest, labels }, updateMask: { paths } });
  }
  const { mediaType, digest, size } = image.manifest;
  for (const name of image.names) {
    const request = { image: { name, target: { mediaType, digest, size } } };
    try {
      await call(channel, 'images.v1.Images/Create', request);
    } catch (e) {
      if (!isCriError(e, 'ALREADY_EXISTS')) throw e;
      await call(channel, 'images.v1.Images/Update', { ...request, updateMask: { paths: ['target'] } });
    }
  }
}

/** Writes a blob; false when containerd had it. containerd checks its digest. */
async function upload(
  channel: GrpcChannel,
  blob: ArchiveBlob,
  as: { readonly lease: string; readonly labels?: Readonly<Record<string, string>> },
): Promise<boolean> {
  const method = {
    path: 'containerd.services.content.v1.Content/Write',
    request: 'containerd.services.content.v1.WriteContentRequest',
    response: 'containerd.services.content.v1.WriteContentResponse',
  };
  const { digest: expected, size: total } = blob;
  async function* requests(): AsyncGenerator<MessageValue> {
    const ref = `${as.lease}-${expected}`;
    let offset = 0;
    yield { action: 'WRITE', ref, total, expected, offset, data: new Uint8Array(0) };
    for await (const piece of blob.read()) {
      for (let at = 0; at < piece.length; at += chunkBytes) {
        const data = piece.subarray(at, at + chunkBytes);
        yield { action: 'WRITE', total, expected, offset, data };
        offset += data.length;
      }
    }
    yield { action: 'COMMIT', total, expected, offset, labels: as.labels ?? {} };
  }
  try {
    await channel.upload(method, requests(), { timeoutMs: uploadTimeoutMs });
    return true;
  } catch (e) {
    if (isCriError(e, 'ALREADY_EXISTS')) return false;
    throw e;
  }
}

/** The CRI plug-in hears of new images by itself, some milliseconds later. */
async function waitUntilListed(names: readonly string[], options: ImportOptions): Promise<void> {
  const runtime = connectRuntime(options);
  try {
    const deadline = options.clock.monotonicMs() + listedTimeoutMs;
    for (const image of names) {
      while (!(await runtime.imageStatus({ image }))) {
        if (options.clock.monotonicMs() > deadline) throw new Error(`the runtime does not list ${image} after its import`);
        await options.clock.sleep(20);
      }
    }
  } finally {
    runtime.close();
  }
}
