import type { VolumeProjection } from '../../api/index.ts';
import type { PayloadFile } from '../atomic-writer.ts';
import { downwardPayload } from '../downward-payload.ts';
import { configMapPayload, secretPayload } from '../keys-payload.ts';
import { type VolumeContext, VolumeError, type VolumePlugin } from '../volume-plugin.ts';
import { writePayload } from '../write-payload.ts';

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
    return writePayload(volume, payload, { plugin: this.name, context, inMemory: true });
  },
};

async function sourcePayload(source: VolumeProjection, defaultMode: number, context: VolumeContext): Promise<ReadonlyMap<string, PayloadFile>> {
  if (source.configMap) return configMapPayload(source.configMap, defaultMode, context);
  if (source.secret) return secretPayload(source.secret, defaultMode, context);
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
