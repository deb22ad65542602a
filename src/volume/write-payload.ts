import { mkdir } from 'node:fs/promises';
import type { Volume } from '../api/index.ts';
import { type PayloadFile, writeAtomically } from './atomic-writer.ts';
import { pluginDir } from './plugin-dir.ts';
import type { VolumeContext } from './volume-plugin.ts';

/** Puts a payload into the volume's own folder and resolves with its path. `inMemory`: on a tmpfs, so that it never reaches the node's disk. */
export async function writePayload(
  volume: Volume,
  payload: ReadonlyMap<string, PayloadFile>,
  options: { readonly plugin: string; readonly context: VolumeContext; readonly inMemory?: boolean },
): Promise<string> {
  const { plugin, context, inMemory = false } = options;
  const dir = pluginDir(context.podDir, plugin, volume.name);
  if (inMemory) {
    await mkdir(dir, { recursive: true });
    if (!(await context.host.isMountPoint(dir))) await context.host.mountTmpfs(dir, {});
  }
  const group = context.pod.spec?.securityContext?.fsGroup;
  await writeAtomically(dir, payload, group === undefined ? {} : { group });
  return dir;
}
