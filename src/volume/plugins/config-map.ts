import { writeAtomically } from '../atomic-writer.ts';
import { configMapValues, keysPayload } from '../keys-payload.ts';
import { pluginDir } from '../plugin-dir.ts';
import { VolumeError, type VolumePlugin } from '../volume-plugin.ts';

export const configMap: VolumePlugin = {
  name: 'kubernetes.io/configmap',
  refreshes: true,
  canSupport: (volume) => volume.configMap !== undefined,
  async setUp(volume, context) {
    const { name = '', items, defaultMode = 0o644, optional = false } = volume.configMap!;
    const object = await context.sources.configMap(context.pod.metadata?.namespace ?? '', name);
    if (!object && !optional) throw new VolumeError(`configmap ${JSON.stringify(name)} not found`);
    const payload = keysPayload({ kind: 'config', name, values: configMapValues(object ?? {}), items, defaultMode, optional });
    const dir = pluginDir(context.podDir, this.name, volume.name);
    await writeAtomically(dir, payload, groupOf(context.pod.spec?.securityContext?.fsGroup));
    return dir;
  },
};

const groupOf = (group: number | undefined) => (group === undefined ? {} : { group });
