import type { ConfigMap, Pod, Secret } from '../api/index.ts';
import { isNotFound, type KubeObject, parseTime } from '../apimachinery/index.ts';
import type { Clock } from '../base/index.ts';
import type { Client } from '../client/index.ts';
import type { VolumeSources } from '../volume/index.ts';

/** Objects asked for again within this time are the same. */
const freshMs = 2_000;
/** A token is renewed when a fifth of its life is left, or after a day. */
const renewAt = 0.8;
const longestTokenMs = 24 * 3_600_000;
const maxKept = 1_000;

interface Kept<T> {
  readonly value: Promise<T>;
  readonly untilMs: number;
}

/** What pods refer to, from the API. */
export interface ObjectSource extends VolumeSources {
  /** Forgets what was kept for a pod that is gone. */
  forget(uid: string): void;
}

/** Reads ConfigMaps and Secrets when they are needed, and gets tokens, renewed in time. */
export function objectSource(client: Client, clock: Clock): ObjectSource {
  const objects = new Map<string, Kept<KubeObject | undefined>>();
  const tokens = new Map<string, Kept<string>>();
  const get = async <T extends KubeObject>(resource: 'configmaps' | 'secrets', namespace: string, name: string): Promise<T | undefined> => {
    const key = `${resource} ${namespace} ${name}`;
    const kept = objects.get(key);
    if (kept && clock.monotonicMs() < kept.untilMs) return (await kept.value) as T | undefined;
    const value = orUndefined(client.resource(resource).get({ namespace, name }));
    if (objects.size >= maxKept) objects.clear();
    objects.set(key, { value, untilMs: clock.monotonicMs() + freshMs });
    value.catch(() => objects.delete(key));
    return (await value) as T | undefined;
  };
  return {
    configMap: (namespace, name) => get<ConfigMap>('configmaps', namespace, name),
    secret: (namespace, name) => get<Secret>('secrets', namespace, name),
    async serviceAccountToken(pod, request) {
      const key = `${pod.metadata?.uid} ${request.audience ?? ''} ${request.expirationSeconds}`;
      const kept = tokens.get(key);
      if (kept && clock.now() < kept.untilMs) return await kept.value;
      const { token, expiresMs } = await requestToken(client, pod, request);
      const lifeMs = expiresMs - clock.now();
      tokens.set(key, { value: Promise.resolve(token), untilMs: clock.now() + Math.min(lifeMs * renewAt, longestTokenMs) });
      return token;
    },
    forget(uid) {
      for (const key of tokens.keys()) if (key.startsWith(`${uid} `)) tokens.delete(key);
    },
  };
}

async function orUndefined(asked: Promise<KubeObject>): Promise<KubeObject | undefined> {
  try {
    return await asked;
  } catch (e) {
    if (isNotFound(e)) return undefined;
    throw e;
  }
}

interface TokenRequest extends KubeObject {
  readonly status?: { readonly token: string; readonly expirationTimestamp: string };
}

async function requestToken(client: Client, pod: Pod, request: { readonly audience?: string; readonly expirationSeconds: number }) {
  const { name = '', namespace = '', uid = '' } = pod.metadata ?? {};
  const body = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: {
      ...(request.audience ? { audiences: [request.audience] } : {}),
      expirationSeconds: request.expirationSeconds,
      boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
    },
  };
  const account = pod.spec?.serviceAccountName || 'default';
  const reply = await client.resource('serviceaccounts').createSubresource<TokenRequest>({ namespace, name: account }, 'token', body);
  if (!reply.status) throw new Error(`failed to fetch token: no token for service account ${account}`);
  return { token: reply.status.token, expiresMs: parseTime(reply.status.expirationTimestamp) ?? 0 };
}
