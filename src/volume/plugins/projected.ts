import { mkdir } from 'node:fs/promises';
import type { VolumeProjection } from '../../api/index.ts';
import { type PayloadFile, writeAtomically } from '../atomic-writer.ts';
import { downwardPayload } from '../downward-payload.ts';
import { configMapValues, keysPayload, secretValues } from '../keys-payload.ts';
import { pluginDir } from '../plugin-dir.ts';
import { type VolumeContext, VolumeError, type VolumePlugin } from '../volume-plugin.ts';

const defaultTokenSeconds = 3600;

/** Several sources in one folder; it holds tokens, so it is kept in memory. */
export const projected: VolumePlugin = {
  name: 'kubernetes.io/projected',
  refreshes: true,
  canSupport: (volume) => volume.projected !== undefined,
  async setUp(volume, context) {
    const { sources = [], defaultMode = 0o644 } = volume.projected!;
    const payload = new Map<string, PayloadFile>();
    for (const source of sources) for (const [path, file] of await sourcePayload(source, defaultMode, context)) payload.set(path, file);
    const dir = pluginDir(context.podDir, this.name, volume.name);
    await mkdir(dir, { recursive: true });
    if (!(await context.host.isMountPoint(dir))) await context.host.mountTmpfs(dir, {});
    const group = context.pod.spec?.securityContext?.fsGroup;
    await writeAtomically(dir, payload, group === undefined ? {} : { group });
    return dir;
  },
};

async function sourcePayload(source: VolumeProjection, defaultMode: number, context: VolumeContext): Promise<ReadonlyMap<string, PayloadFile>> {
  const namespace = context.pod.metadata?.namespace ?? '';
  if (source.configMap) {
    const { name = '', items, optional = false } = source.configMap;
    const object = await context.sources.configMap(namespace, name);
    if (!object && !optional) throw new VolumeError(`configmap ${JSON.stringify(name)} not found`);
    return keysPayload({ kind: 'config', name, values: configMapValues(object ?? {}), items, defaultMode, optional });
  }
  if (source.secret) {
    const { name = '', items, optional = false } = source.secret;
    const object = await context.sources.secret(namespace, name);
    if (!object && !optional) throw new VolumeError(`secret ${JSON.stringify(name)} not found`);
    return keysPayload({ kind: 'secret', name, values: secretValues(object ?? {}), items, defaultMode, optional });
  }
  if (source.downwardAPI) return downwardPayload(source.downwardAPI.items ?? [], defaultMode, context);
  if (source.serviceAccountToken) {
    const { audience, expirationSeconds = defaultTokenSeconds, path } = source.serviceAccountToken;
    const token = await context.sources.serviceAccountToken(context.pod, { expirationSeconds, ...(audience ? { audience } : {}) });
    // A container that runs as another user must read it; with fsGroup the group does.
    const user = context.pod.spec?.securityContext?.runAsUser;
    const mode = context.pod.spec?.securityContext?.fsGroup !== undefined || user === undefined || user !== 0 ? 0o644 : 0o600;
    return new Map([[path, { content: Buffer.from(token), mode }]]);
  }
  throw new VolumeError('this projected source is not supported: clusterTrustBundle and podCertificate need a signer');
}
