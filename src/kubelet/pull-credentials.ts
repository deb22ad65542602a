import type { Pod, Secret } from '../api/index.ts';
import { getKey } from '../apimachinery/index.ts';
import type { AuthConfig } from '../cri/index.ts';

export interface PullSecrets {
  secret(namespace: string, name: string): Promise<Secret | undefined>;
}

/** Credentials of the pod's imagePullSecrets for the registry of `reference` (a full one), and the secrets that are not there. */
export async function pullCredentials(
  pod: Pod,
  reference: string,
  secrets: PullSecrets,
): Promise<{ readonly credentials: readonly AuthConfig[]; readonly missing: readonly string[] }> {
  const credentials: AuthConfig[] = [];
  const missing: string[] = [];
  for (const { name } of pod.spec?.imagePullSecrets ?? []) {
    if (!name) continue;
    const secret = await secrets.secret(pod.metadata?.namespace ?? '', name);
    if (secret) credentials.push(...credentialsIn(secret, reference));
    else missing.push(name);
  }
  return { credentials, missing };
}

interface DockerAuth {
  readonly username?: string;
  readonly password?: string;
  /** Base64 of `user:password`. */
  readonly auth?: string;
}

/** The longest match comes first: `registry/path` before `registry`. */
export function credentialsIn(secret: Secret, reference: string): AuthConfig[] {
  const text = (key: string) => Buffer.from(getKey(secret.data, key) ?? '', 'base64').toString('utf8');
  const entries = secret.type === 'kubernetes.io/dockercfg' ? read(text('.dockercfg')) : read(text('.dockerconfigjson'))['auths'];
  return Object.entries((entries ?? {}) as Readonly<Record<string, DockerAuth>>)
    .map(([server, auth]) => ({ place: placeOf(server), auth }))
    .filter(({ place }) => reference === place || reference.startsWith(`${place}/`))
    .toSorted((a, b) => b.place.length - a.place.length)
    .flatMap(({ auth }) => toAuth(auth));
}

/** `https://index.docker.io/v1/` is Docker Hub's historic name. */
function placeOf(server: string): string {
  const place = server
    .replace(/^https?:\/\//, '')
    .replace(/\/(v1|v2)?\/?$/, '')
    .replace(/\/$/, '');
  return place === 'index.docker.io' || place === 'registry-1.docker.io' ? 'docker.io' : place;
}

function toAuth({ username, password, auth = '' }: DockerAuth): AuthConfig[] {
  if (username !== undefined && password !== undefined) return [{ username, password }];
  const decoded = Buffer.from(auth, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return colon < 0 ? [] : [{ username: decoded.slice(0, colon), password: decoded.slice(colon + 1) }];
}

/** A secret that holds something else gives no credentials: the pull is tried without. */
function read(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
