import { lstat, mkdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { checkRelativePath } from './atomic-writer.ts';
import { VolumeError } from './volume-plugin.ts';

/**
 * The path of `subPath` inside a volume, made as a folder where it is missing. Links are resolved and must stay inside the volume: a
 * container could have planted one that leads to the node's own files.
 */
export async function resolveSubPath(volumePath: string, subPath: string): Promise<string> {
  checkRelativePath(subPath);
  const root = await realpath(volumePath);
  let current = root;
  for (const part of subPath.split('/').filter((p) => p !== '' && p !== '.')) {
    const next = join(current, part);
    const found = await lstat(next).catch(() => undefined);
    if (!found) await mkdir(next, { mode: 0o750 });
    current = await realpath(next);
    if (current !== root && !current.startsWith(root + sep)) throw new VolumeError(`subPath ${JSON.stringify(subPath)} leads outside of the volume`);
  }
  return current;
}
