import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Clock, Logger } from '../../base/index.ts';
import type { CriRuntime } from '../../cri/index.ts';

export interface LogRotationOptions {
  readonly runtime: Pick<CriRuntime, 'listContainers' | 'containerStatus' | 'reopenContainerLog'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** 10 MiB when absent (upstream's containerLogMaxSize). */
  readonly maxSizeBytes?: number;
  /** The one written and those before it; 5 when absent (containerLogMaxFiles). */
  readonly maxFiles?: number;
  readonly signal?: AbortSignal;
}

/**
 * Looks once at the logs of all running containers and rotates those that are too long: what `runLogRotation` does. Rejects where the
 * runtime cannot be asked, never for one log's sake.
 */
export async function rotateLogs(options: LogRotationOptions): Promise<void> {
  const { runtime, logger, maxSizeBytes = 10 * 1024 * 1024, maxFiles = 5 } = options;
  const running = await runtime.listContainers({ state: { state: 'CONTAINER_RUNNING' } });
  for (const { id } of running) {
    if (options.signal?.aborted) return;
    try {
      const { logPath } = (await runtime.containerStatus(id)).status;
      if (logPath === '') continue;
      const size = await sizeOf(logPath);
      // Lost in a rotation that was cut short: the runtime is asked for it anew.
      if (size === undefined) await runtime.reopenContainerLog(id);
      else if (size >= maxSizeBytes) await rotate(logPath, id, { ...options, maxFiles });
    } catch (error) {
      logger.warn('a log could not be rotated', { container: id, error });
    }
  }
}

const everyMs = 10_000;

/** Rotates for as long as `signal` lives, looking each 10 s (upstream's containerLogMonitorInterval). Never rejects. */
export async function runLogRotation(options: LogRotationOptions & { readonly signal: AbortSignal }): Promise<void> {
  const { clock, signal, logger } = options;
  for (;;) {
    try {
      await clock.sleep(everyMs, signal);
    } catch {
      return;
    }
    try {
      await rotateLogs(options);
    } catch (error) {
      if (!signal.aborted) logger.warn('logs could not be looked at for rotation', { error });
    }
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function rotate(path: string, id: string, { runtime, clock, maxFiles }: LogRotationOptions & { readonly maxFiles: number }): Promise<void> {
  await removeOldest(path, maxFiles - 2);
  for (const old of await rotatedFiles(path)) if (!old.endsWith('.gz')) await compress(old);
  const stamp = new Date(clock.now()).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  const rotated = `${path}.${stamp}`;
  await rename(path, rotated);
  try {
    await runtime.reopenContainerLog(id);
  } catch (error) {
    // The container writes on to the file it has: it keeps its name.
    await rename(rotated, path);
    throw error;
  }
}

/** Oldest first. What a compression left unfinished is removed. */
async function rotatedFiles(path: string): Promise<string[]> {
  const directory = dirname(path);
  const prefix = `${basename(path)}.`;
  const names = (await readdir(directory)).filter((name) => name.startsWith(prefix)).sort();
  for (const name of names) if (name.endsWith('.tmp')) await rm(join(directory, name), { force: true });
  return names.filter((name) => !name.endsWith('.tmp')).map((name) => join(directory, name));
}

async function removeOldest(path: string, keep: number): Promise<void> {
  const files = await rotatedFiles(path);
  for (const old of files.slice(0, Math.max(0, files.length - Math.max(0, keep)))) await rm(old, { force: true });
}

async function compress(path: string): Promise<void> {
  const temporary = `${path}.tmp`;
  await pipeline(createReadStream(path), createGzip(), createWriteStream(temporary));
  await rename(temporary, `${path}.gz`);
  await rm(path);
}
