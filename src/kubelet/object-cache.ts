import type { Clock } from '../base/index.ts';
import { isNotFound, type KubeObject } from '../apimachinery/index.ts';
import type { ConfigMap, PersistentVolume, PersistentVolumeClaim, Pod, Secret } from '../api/index.ts';
import type { Client } from '../client/index.ts';
import { VolumeError, type VolumeSources } from '../volume/index.ts';

/** How long an answer is used again: pods of one workload start together and read the same objects. */
const freshMs = 1_000;
/** A token is renewed when this share of its life is over, and never later than a day. */
const renewAt = 0.8;
const renewAfterMs = 24 * 3_600_000;
const maxEntries = 1_000;

interface Entry<T> {
  readonly untilMs: number;
  readonly value: Promise<T>;
}

/** ConfigMaps, Secrets and tokens as pods of this node need them: asked for one by one, for a node may not list them. */
export class ObjectCache implements VolumeSources {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #objects = new Map<string, Entry<KubeObject | undefined>>();
  readonly #tokens = new Map<string, { readonly renewMs: number; readonly token: string }>();

  constructor(client: Client, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  configMap(namespace: string, name: string): Promise<ConfigMap | undefined> {
    return this.#get('configmaps', namespace, name) as Promise<ConfigMap | undefined>;
  }

  secret(namespace: string, name: string): Promise<Secret | undefined> {
    return this.#get('secrets', namespace, name) as Promise<Secret | undefined>;
  }

  async persistentVolume(namespace: string, claim: string): Promise<PersistentVolume> {
    const found = (await this.#get('persistentvolumeclaims', namespace, claim)) as PersistentVolumeClaim | undefined;
    if (!found) throw new VolumeError(`persistentvolumeclaim ${JSON.stringify(claim)} not found`);
    const { phase } = found.status ?? {};
    const name = found.spec?.volumeName;
    if (phase !== 'Bound' || !name) throw new VolumeError('PVC is not bound');
    const volume = (await this.#get('persistentvolumes', '', name)) as PersistentVolume | undefined;
    if (!volume) throw new VolumeError(`persistentvolume ${JSON.stringify(name)} not found`);
    return volume;
  }

  async serviceAccountToken(pod: Pod, request: { readonly audience?: string; readonly expirationSeconds: number }): Promise<string> {
    const { namespace = '', name = '', uid = '' } = pod.metadata ?? {};
    const account = pod.spec?.serviceAccountName || 'default';
    const key = JSON.stringify([uid, account, request]);
    const known = this.#tokens.get(key);
    const nowMs = this.#clock.now();
    if (known && nowMs < known.renewMs) return known.token;
    const { value } = await this.#client.transport.call({
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/serviceaccounts/${encodeURIComponent(account)}/token`,
      body: {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: {
          audiences: request.audience ? [request.audience] : [],
          expirationSeconds: request.expirationSeconds,
          boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
        },
      },
    });
    const { token, expirationTimestamp } = (value as { readonly status: { readonly token: string; readonly expirationTimestamp: string } }).status;
    const lifeMs = Date.parse(expirationTimestamp) - nowMs;
    this.#tokens.set(key, { token, renewMs: nowMs + Math.min(lifeMs * renewAt, renewAfterMs) });
    return token;
  }

  forgetPod(uid: string): void {
    for (const key of this.#tokens.keys()) if (key.startsWith(`["${uid}"`)) this.#tokens.delete(key);
  }

  #get(plural: string, namespace: string, name: string): Promise<KubeObject | undefined> {
    const key = `${plural}/${namespace}/${name}`;
    const nowMs = this.#clock.monotonicMs();
    const known = this.#objects.get(key);
    if (known && nowMs < known.untilMs) return known.value;
    if (this.#objects.size >= maxEntries) this.#objects.clear();
    const value = this.#client
      .resource(plural)
      .get({ namespace, name })
      .catch((error: unknown) => {
        this.#objects.delete(key);
        if (isNotFound(error)) return undefined;
        throw error;
      });
    this.#objects.set(key, { untilMs: nowMs + freshMs, value });
    return value;
  }
}
