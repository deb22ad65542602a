import { configMapPayload } from '../keys-payload.ts';
import type { VolumePlugin } from '../volume-plugin.ts';
import { writePayload } from '../write-payload.ts';

export const configMap: VolumePlugin = {
  name: 'kubernetes.io/configmap',
  refreshes: true,
  canSupport: (volume) => volume.configMap !== undefined,
  async setUp(volume, context) {
    const { defaultMode = 0o644, ...source } = volume.configMap!;
    return writePayload(volume, await configMapPayload(source, defaultMode, context), { plugin: this.name, context });
  },
};
