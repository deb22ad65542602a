/**
 * Volumes of pods: one file a plugin.
 *
 * - A plugin makes a volume's content on the node and says where it is; `setUpVolumes` may be called again at any time.
 * - What comes from the API is written atomically (`atomic-writer.ts`): a container sees the old content or the new.
 * - Secrets and tokens are kept in memory. Paths from users are relative and never lead outside of their volume.
 * - Knows no kubelet: objects, tokens and mounts come through interfaces.
 */
export { checkRelativePath, writeAtomically } from './atomic-writer.ts';
export { fieldValue, resourceFieldValue } from './downward-fields.ts';
export { configMapValues, secretValues } from './keys-payload.ts';
export { linuxMountHost } from './mount-host.ts';
export { volumePlugins } from './plugins/index.ts';
export { refreshVolumes, setUpVolumes, tearDownVolumes } from './pod-volumes.ts';
export { resolveSubPath } from './sub-path.ts';
export { type MountHost, type VolumeContext, VolumeError, type VolumePlugin, type VolumeSources } from './volume-plugin.ts';
