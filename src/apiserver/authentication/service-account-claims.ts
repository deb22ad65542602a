import { isJsonObject, type Json } from '../../apimachinery/index.ts';

export interface ObjectClaim {
  readonly name: string;
  readonly uid: string;
}

/** What a service account token says, in upstream's form: the registered claims and `kubernetes.io`. Times in seconds since 1970. */
export interface ServiceAccountClaims {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly id: string;
  readonly issuedAt: number;
  readonly notBefore: number;
  readonly expiresAt: number;
  readonly namespace: string;
  readonly serviceAccount: ObjectClaim;
  readonly pod: ObjectClaim | undefined;
  readonly secret: ObjectClaim | undefined;
  readonly node: ObjectClaim | undefined;
  /** From here on use of the token is worth a warning: its owner should have renewed it. */
  readonly warnAfter: number | undefined;
}

/** As the token's payload. */
export function encodeClaims(c: ServiceAccountClaims): Record<string, Json> {
  return {
    aud: c.audiences,
    exp: c.expiresAt,
    iat: c.issuedAt,
    iss: c.issuer,
    jti: c.id,
    'kubernetes.io': {
      namespace: c.namespace,
      ...(c.node ? { node: { ...c.node } } : {}),
      ...(c.pod ? { pod: { ...c.pod } } : {}),
      ...(c.secret ? { secret: { ...c.secret } } : {}),
      serviceaccount: { ...c.serviceAccount },
      ...(c.warnAfter === undefined ? {} : { warnafter: c.warnAfter }),
    },
    nbf: c.notBefore,
    sub: `system:serviceaccount:${c.namespace}:${c.serviceAccount.name}`,
  };
}

function objectClaim(json: Json | undefined): ObjectClaim | undefined {
  if (!isJsonObject(json)) return undefined;
  const { name, uid } = json;
  return typeof name === 'string' && name !== '' ? { name, uid: typeof uid === 'string' ? uid : '' } : undefined;
}

/** A verified payload; undefined where it is no service account's, or says one thing in two ways. */
export function decodeClaims(payload: Json): ServiceAccountClaims | undefined {
  if (!isJsonObject(payload)) return undefined;
  const own = payload['kubernetes.io'];
  const { iss, aud, exp, iat, nbf, sub, jti } = payload;
  if (!isJsonObject(own) || typeof iss !== 'string' || typeof exp !== 'number') return undefined;
  const { namespace, warnafter } = own;
  const serviceAccount = objectClaim(own['serviceaccount']);
  if (typeof namespace !== 'string' || !serviceAccount) return undefined;
  if (sub !== `system:serviceaccount:${namespace}:${serviceAccount.name}`) return undefined;
  const audiences = typeof aud === 'string' ? [aud] : Array.isArray(aud) ? (aud as readonly Json[]).filter((a) => typeof a === 'string') : [];
  return {
    issuer: iss,
    audiences,
    id: typeof jti === 'string' ? jti : '',
    issuedAt: typeof iat === 'number' ? iat : 0,
    notBefore: typeof nbf === 'number' ? nbf : 0,
    expiresAt: exp,
    namespace,
    serviceAccount,
    pod: objectClaim(own['pod']),
    secret: objectClaim(own['secret']),
    node: objectClaim(own['node']),
    warnAfter: typeof warnafter === 'number' ? warnafter : undefined,
  };
}
