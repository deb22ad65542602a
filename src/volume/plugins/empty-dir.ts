import { chmod, chown, mkdir } from 'node:fs/promises';
import { valueOfQuantity } from '../../apimachinery/index.ts';
import { pluginDir } from '../plugin-dir.ts';
import type { VolumePlugin } from '../volume-plugin.ts';

/** A folder that lives as long as the pod; in memory as a tmpfs of the given size. */
export const emptyDir: VolumePlugin = {
  name: 'kubernetes.io/empty-dir',
  canSupport: (volume) => volume.emptyDir !== undefined,
  async setUp(volume, context) {
    const dir = pluginDir(context.podDir, this.name, volume.name);
    await mkdir(dir, { recursive: true });
    if (volume.emptyDir?.medium === 'Memory' && !(await context.host.isMountPoint(dir))) {
      const limit = volume.emptyDir.sizeLimit;
      await context.host.mountTmpfs(dir, limit === undefined || limit === '0' ? {} : { sizeBytes: valueOfQuantity(limit) });
    }
    const group = context.pod.spec?.securityContext?.fsGroup;
    if (group !== undefined) await chown(dir, 0, group);
    // Any user of any container may write; with fsGroup what they make belongs to the group.
    await chmod(dir, group === undefined ? 0o777 : 0o2777);
    return dir;
  },
};
