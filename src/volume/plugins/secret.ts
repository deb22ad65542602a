import { secretPayload } from '../keys-payload.ts';
import type { VolumePlugin } from '../volume-plugin.ts';
import { writePayload } from '../write-payload.ts';

/** Kept in memory: a secret never reaches the node's disk. */
export const secret: VolumePlugin = {
  name: 'kubernetes.io/secret',
  refreshes: true,
  canSupport: (volume) => volume.secret !== undefined,
  async setUp(volume, context) {
    const { secretName: name = '', defaultMode = 0o644, ...source } = volume.secret!;
    const payload = await secretPayload({ ...source, name }, defaultMode, context);
    return writePayload(volume, payload, { plugin: this.name, context, inMemory: true });
  },
};
