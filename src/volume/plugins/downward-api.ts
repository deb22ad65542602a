import { downwardPayload } from '../downward-payload.ts';
import type { VolumePlugin } from '../volume-plugin.ts';
import { writePayload } from '../write-payload.ts';

export const downwardApi: VolumePlugin = {
  name: 'kubernetes.io/downward-api',
  refreshes: true,
  canSupport: (volume) => volume.downwardAPI !== undefined,
  async setUp(volume, context) {
    const { items = [], defaultMode = 0o644 } = volume.downwardAPI!;
    return writePayload(volume, downwardPayload(items, defaultMode, context), { plugin: this.name, context });
  },
};
