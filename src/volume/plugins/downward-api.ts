import { writeAtomically } from '../atomic-writer.ts';
import { downwardPayload } from '../downward-payload.ts';
import { pluginDir } from '../plugin-dir.ts';
import type { VolumePlugin } from '../volume-plugin.ts';

export const downwardApi: VolumePlugin = {
  name: 'kubernetes.io/downward-api',
  refreshes: true,
  canSupport: (volume) => volume.downwardAPI !== undefined,
  async setUp(volume, context) {
    const { items = [], defaultMode = 0o644 } = volume.downwardAPI!;
    const dir = pluginDir(context.podDir, this.name, volume.name);
    const group = context.pod.spec?.securityContext?.fsGroup;
    await writeAtomically(dir, downwardPayload(items, defaultMode, context), group === undefined ? {} : { group });
    return dir;
  },
};
