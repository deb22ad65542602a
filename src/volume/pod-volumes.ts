import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorText } from '../base/index.ts';
import { volumePlugins } from './plugins/index.ts';
import { type MountHost, type VolumeContext, VolumeError } from './volume-plugin.ts';

/** Makes all volumes of a pod and resolves with their paths on the node, by name. Idempotent. Throws `VolumeError` with upstream's words around the cause. */
export async function setUpVolumes(context: VolumeContext): Promise<ReadonlyMap<string, string>> {
  const paths = new Map<string, string>();
  for (const volume of context.pod.spec?.volumes ?? []) {
    const plugin = volumePlugins.find((p) => p.canSupport(volume));
    if (!plugin) throw new VolumeError(`no volume plugin matched name: ${volume.name}`);
    try {
      paths.set(volume.name, await plugin.setUp(volume, context));
    } catch (error) {
      throw new VolumeError(`MountVolume.SetUp failed for volume ${JSON.stringify(volume.name)} : ${errorText(error)}`, { cause: error });
    }
  }
  return paths;
}

/** Brings content that follows its source up to date. An object that is gone meanwhile leaves the old content. */
export async function refreshVolumes(context: VolumeContext): Promise<void> {
  for (const volume of context.pod.spec?.volumes ?? []) {
    const plugin = volumePlugins.find((p) => p.canSupport(volume));
    if (!plugin?.refreshes) continue;
    try {
      await plugin.setUp(volume, context);
    } catch (error) {
      if (!(error instanceof VolumeError)) throw error;
    }
  }
}

/** Unmounts and removes all volumes below a pod's folder; what is not there is fine. Host paths are never touched. */
export async function tearDownVolumes(podDir: string, host: MountHost): Promise<void> {
  const volumesDir = join(podDir, 'volumes');
  for (const plugin of await namesIn(volumesDir)) {
    for (const volume of await namesIn(join(volumesDir, plugin))) {
      const dir = join(volumesDir, plugin, volume);
      if (await host.isMountPoint(dir)) await host.unmount(dir);
    }
  }
  await rm(volumesDir, { recursive: true, force: true });
}

async function namesIn(dir: string): Promise<string[]> {
  return readdir(dir).catch((e: NodeJS.ErrnoException) => {
    if (e.code === 'ENOENT') return [];
    throw e;
  });
}
