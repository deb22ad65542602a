import { createHash, X509Certificate } from 'node:crypto';
import type { TokenReview } from '../../api/index.ts';
import type { Clock } from '../../base/index.ts';
import type { Client } from '../../client/index.ts';
import type { Connection, HttpRequest, User } from '../../http/index.ts';
import { readSubject } from '../../pki/index.ts';
import type { Authenticator } from '../../serving/index.ts';
import { LruCache } from './lru-cache.ts';

const cacheEntries = 1024;
/** As upstream's webhook.cacheTTL; what was refused is asked again sooner. */
const allowedMs = 120_000;
const refusedMs = 10_000;
const authenticatedGroup = 'system:authenticated';

interface Known {
  readonly user: User | undefined;
  readonly notAfterMs: number;
}

/** Credentials that do not hold: the sender is told 401. */
export class BadCredentials extends Error {
  override readonly name = 'BadCredentials';
}

function known(certificate: Uint8Array): Known {
  const { commonName, organizations } = readSubject(certificate);
  const notAfterMs = Date.parse(new X509Certificate(certificate).validTo);
  const groups = organizations.includes(authenticatedGroup) ? organizations : [...organizations, authenticatedGroup];
  return { user: commonName === '' ? undefined : { name: commonName, groups }, notAfterMs };
}

function bearerOf(request: HttpRequest): string | undefined {
  const match = /^bearer +(\S+)$/i.exec(request.headers['authorization'] ?? '');
  return match?.[1];
}

/**
 * Finds out who asks: by a client certificate that the TLS layer has verified against the cluster's CA, else by asking the API server about
 * a bearer token (TokenReview; answers are kept 2 minutes, refusals 10 s, under a hash of the token). Throws `BadCredentials` on bad ones.
 */
export function delegatedAuthenticator(client: Client, options: { readonly clock: Clock }): Authenticator {
  const { clock } = options;
  const connections = new WeakMap<Connection, Known>();
  const tokens = new LruCache<User | 'refused'>(cacheEntries, clock);

  const byCertificate = ({ connection }: HttpRequest): User | undefined => {
    if (!connection.clientCertificate) {
      if (connection.clientCertificateError) throw new BadCredentials(`client certificate: ${connection.clientCertificateError}`);
      return undefined;
    }
    let found = connections.get(connection);
    if (!found) connections.set(connection, (found = known(connection.clientCertificate)));
    if (clock.now() > found.notAfterMs) throw new BadCredentials('the client certificate has expired');
    return found.user;
  };

  const byToken = async (token: string, signal: AbortSignal): Promise<User> => {
    const key = createHash('sha256').update(token).digest('base64');
    let answer = tokens.get(key);
    if (answer === undefined) {
      answer = await review(client, token, signal);
      tokens.set(key, answer, answer === 'refused' ? refusedMs : allowedMs);
    }
    if (answer === 'refused') throw new BadCredentials('the token is not valid');
    return answer;
  };

  return {
    async authenticate(request) {
      const user = byCertificate(request);
      if (user) return user;
      const token = bearerOf(request);
      return token === undefined ? undefined : await byToken(token, request.signal);
    },
  };
}

async function review(client: Client, token: string, signal: AbortSignal): Promise<User | 'refused'> {
  const { status } = await client.resource<TokenReview>('tokenreviews').create({ spec: { token } }, { signal });
  const user = status?.user;
  if (status?.authenticated !== true || !user?.username) return 'refused';
  return { name: user.username, ...(user.uid ? { uid: user.uid } : {}), groups: user.groups ?? [], ...(user.extra ? { extra: user.extra } : {}) };
}
