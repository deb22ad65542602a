import { stat } from 'node:fs/promises';
import { VolumeError, type VolumePlugin } from '../volume-plugin.ts';
import { hostPath } from './host-path.ts';

/** What a claim, or one made for the pod alone, is bound to: a path of this node. Other kinds of storage need a driver. */
export const persistentVolumeClaim: VolumePlugin = {
  name: 'kubernetes.io/persistent-claim',
  canSupport: (volume) => volume.persistentVolumeClaim !== undefined || volume.ephemeral !== undefined,
  async setUp(volume, context) {
    const { namespace = '', name = '' } = context.pod.metadata ?? {};
    const claim = volume.persistentVolumeClaim?.claimName ?? `${name}-${volume.name}`;
    if (!context.sources.persistentVolume) throw new VolumeError('claims are not served here');
    const { metadata, spec } = await context.sources.persistentVolume(namespace, claim);
    if (spec?.volumeMode === 'Block') throw new VolumeError('block volumes are not supported');
    if (spec?.hostPath) return await hostPath.setUp({ name: volume.name, hostPath: spec.hostPath }, context);
    if (spec?.local) return await localPath(spec.local.path);
    throw new VolumeError(`no volume plugin matched: PersistentVolume ${JSON.stringify(metadata?.name)} is neither hostPath nor local`);
  },
};

async function localPath(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new VolumeError(`path ${JSON.stringify(path)} does not exist`);
  return path;
}
