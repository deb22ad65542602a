import { statfs } from 'node:fs/promises';
import type { Clock, Logger } from '../base/index.ts';
import { type CriRuntime, type Image, isCriError } from '../cri/index.ts';

/** Upstream's defaults: images go when the disk is fuller than this, until it is at the lower mark; never younger than two minutes. */
const highPercent = 85;
const lowPercent = 80;
const minAgeMs = 2 * 60_000;
const everyMs = 5 * 60_000;

export interface DiskUse {
  readonly capacityBytes: number;
  readonly availableBytes: number;
}

interface Seen {
  readonly firstMs: number;
  readonly usedMs: number;
}

export interface ImageFacts {
  readonly images: readonly Image[];
  /** Ids and names of images that containers have. */
  readonly inUse: ReadonlySet<string>;
  /** By image id. */
  readonly seen: ReadonlyMap<string, Seen>;
  readonly disk: DiskUse;
  readonly nowMs: number;
}

/** The images to remove, the longest unused first, and how much was to be freed. Pure. */
export function imagesToRemove({ images, inUse, seen, disk, nowMs }: ImageFacts): {
  readonly images: readonly Image[];
  readonly wantedBytes: number;
} {
  const used = disk.capacityBytes - disk.availableBytes;
  if (disk.capacityBytes <= 0 || (used * 100) / disk.capacityBytes < highPercent) return { images: [], wantedBytes: 0 };
  const wantedBytes = used - (disk.capacityBytes * lowPercent) / 100;
  const candidates = images
    .filter((i) => !i.pinned && !isUsed(i, inUse))
    .filter((i) => nowMs - (seen.get(i.id)?.firstMs ?? nowMs) >= minAgeMs)
    .toSorted((a, b) => (seen.get(a.id)?.usedMs ?? 0) - (seen.get(b.id)?.usedMs ?? 0));
  const chosen: Image[] = [];
  let freed = 0;
  for (const image of candidates) {
    if (freed >= wantedBytes) break;
    chosen.push(image);
    freed += image.size;
  }
  return { images: chosen, wantedBytes };
}

function isUsed(image: Image, inUse: ReadonlySet<string>): boolean {
  return [image.id, ...image.repoTags, ...image.repoDigests].some((name) => inUse.has(name));
}

export interface ImageGarbageOptions {
  readonly runtime: CriRuntime;
  /** Kept by name: an older containerd does not say that it is pinned. */
  readonly sandboxImage?: string;
  /** How full the images' disk is; by `imageFsInfo` when absent. */
  readonly disk?: () => Promise<DiskUse | undefined>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Removes images nobody uses while the disk is nearly full, every five minutes, until the signal aborts. */
export async function runImageGarbageCollection(options: ImageGarbageOptions): Promise<void> {
  const { clock, logger, signal } = options;
  const seen = new Map<string, Seen>();
  while (!signal.aborted) {
    try {
      await collectImages(options, seen);
    } catch (error) {
      if (!signal.aborted) logger.warn('images could not be looked at', { error });
    }
    await clock.sleep(everyMs, signal).catch(() => {});
  }
}

async function collectImages(options: ImageGarbageOptions, seen: Map<string, Seen>): Promise<void> {
  const { runtime, clock, logger, sandboxImage } = options;
  const [images, containers] = await Promise.all([runtime.listImages(), runtime.listContainers()]);
  const nowMs = clock.now();
  const inUse = new Set(containers.flatMap((c) => [c.imageRef, c.imageId, c.image?.image ?? ''].filter((n) => n !== '')));
  if (sandboxImage !== undefined) inUse.add(sandboxImage);
  for (const id of seen.keys()) if (!images.some((i) => i.id === id)) seen.delete(id);
  for (const i of images) {
    const before = seen.get(i.id);
    if (!before || isUsed(i, inUse)) seen.set(i.id, { firstMs: before?.firstMs ?? nowMs, usedMs: nowMs });
  }
  const disk = await (options.disk ?? (() => imageDisk(runtime)))();
  if (!disk) return;
  const { images: chosen, wantedBytes } = imagesToRemove({ images, inUse, seen, disk, nowMs });
  let freed = 0;
  for (const image of chosen) {
    logger.info('removing an image to free disk space', { image: image.repoTags[0] ?? image.id, bytes: image.size });
    try {
      await runtime.removeImage({ image: image.id });
      freed += image.size;
    } catch (error) {
      if (!isCriError(error)) throw error;
      logger.warn('an image could not be removed', { image: image.id, error });
    }
  }
  if (freed < wantedBytes) logger.warn('images are not enough to free the disk', { freedBytes: freed, wantedBytes });
}

async function imageDisk(runtime: CriRuntime): Promise<DiskUse | undefined> {
  const mountpoint = (await runtime.imageFsInfo()).imageFilesystems[0]?.fsId?.mountpoint;
  if (!mountpoint) return undefined;
  const { blocks, bavail, bsize } = await statfs(mountpoint);
  return { capacityBytes: blocks * bsize, availableBytes: bavail * bsize };
}
