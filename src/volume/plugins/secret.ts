import { mkdir } from 'node:fs/promises';
import { writeAtomically } from '../atomic-writer.ts';
import { keysPayload, secretValues } from '../keys-payload.ts';
import { pluginDir } from '../plugin-dir.ts';
import { VolumeError, type VolumePlugin } from '../volume-plugin.ts';

/** Kept in memory: a secret never reaches the node's disk. */
export const secret: VolumePlugin = {
  name: 'kubernetes.io/secret',
  refreshes: true,
  canSupport: (volume) => volume.secret !== undefined,
  async setUp(volume, context) {
    const { secretName: name = '', items, defaultMode = 0o644, optional = false } = volume.secret!;
    const object = await context.sources.secret(context.pod.metadata?.namespace ?? '', name);
    if (!object && !optional) throw new VolumeError(`secret ${JSON.stringify(name)} not found`);
    const payload = keysPayload({ kind: 'secret', name, values: secretValues(object ?? {}), items, defaultMode, optional });
    const dir = pluginDir(context.podDir, this.name, volume.name);
    await mkdir(dir, { recursive: true });
    if (!(await context.host.isMountPoint(dir))) await context.host.mountTmpfs(dir, {});
    const group = context.pod.spec?.securityContext?.fsGroup;
    await writeAtomically(dir, payload, group === undefined ? {} : { group });
    return dir;
  },
};
