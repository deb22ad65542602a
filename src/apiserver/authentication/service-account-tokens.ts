import { createPublicKey, type KeyObject } from 'node:crypto';
import type { Clock, Rng } from '../../base/index.ts';
import { parseTime, type GroupResource, type Json, type KubeObject } from '../../apimachinery/index.ts';
import type { User } from '../../http/index.ts';
import { keyId, signingAlgorithm } from '../../pki/index.ts';
import type { Lookup } from '../lookup.ts';
import type { TokenClaims, TokenIssuer } from '../rest/token-issuer.ts';
import { authenticatedGroup, credentialIdKey, serviceAccountGroups, serviceAccountUserName } from './names.ts';
import { type ObjectClaim, type ServiceAccountClaims, decodeClaims, encodeClaims } from './service-account-claims.ts';
import type { TokenAuthenticator, TokenHolder } from './token-authenticator.ts';

/** What kubelets ask for by default: such tokens last a year for clients that never read them again, and warn after this. */
const warnOnlySeconds = 3607;
const extendedSeconds = 365 * 24 * 3600;
/** A deleted object still vouches for its tokens for so long (upstream's leeway). */
const deletionLeewayMs = 60_000;
/** Verified tokens remembered; the longest unused goes first. */
const maxVerified = 4096;

export interface ServiceAccountKeys {
  /** `--service-account-issuer`; the first one issues. */
  readonly issuer: string;
  /** `--api-audiences`; the issuer when empty. */
  readonly audiences?: readonly string[];
  readonly signingKey: KeyObject;
  /** Public keys whose tokens are taken, the signing key's among them. */
  readonly verificationKeys: readonly KeyObject[];
}

// jose costs a few milliseconds to load: it is loaded at the first token.
const loadJose = () => import('jose');

/** The server's own audiences. */
export const audiencesOf = (keys: ServiceAccountKeys): readonly string[] =>
  keys.audiences && keys.audiences.length > 0 ? keys.audiences : [keys.issuer];

/** Signs service account tokens (TokenRequest), as upstream's: bound to objects, with a warning date in place of an early end for kubelets. */
export function createTokenIssuer(keys: ServiceAccountKeys, parts: { readonly clock: Clock; readonly rng: Rng }): TokenIssuer {
  const defaultAudiences = audiencesOf(keys);
  const algorithm = signingAlgorithm(keys.signingKey);
  const kid = keyId(createPublicKey(keys.signingKey));
  return {
    defaultAudiences,
    async issue(asked: TokenClaims) {
      const nowMs = parts.clock.now();
      const now = Math.floor(nowMs / 1000);
      const audiences = asked.audiences.length === 0 ? defaultAudiences : asked.audiences;
      const isForServer = audiences.every((a) => defaultAudiences.includes(a));
      const extended = asked.pod !== undefined && asked.expirationSeconds === warnOnlySeconds && isForServer;
      const claims: ServiceAccountClaims = {
        issuer: keys.issuer,
        audiences,
        id: parts.rng.uuid(),
        issuedAt: now,
        notBefore: now,
        expiresAt: now + (extended ? extendedSeconds : asked.expirationSeconds),
        namespace: asked.namespace,
        serviceAccount: asked.serviceAccount,
        pod: asked.pod,
        secret: asked.secret,
        node: asked.node,
        warnAfter: extended ? now + warnOnlySeconds : undefined,
      };
      const { SignJWT } = await loadJose();
      const token = await new SignJWT(encodeClaims(claims)).setProtectedHeader({ alg: algorithm, kid }).sign(keys.signingKey);
      return { token, expirationMs: (now + asked.expirationSeconds) * 1000 };
    },
  };
}

/** The public keys as a JWK set: `/openid/v1/jwks`. */
export async function jwksOf(keys: ServiceAccountKeys): Promise<Json> {
  const { exportJWK } = await loadJose();
  const found = await Promise.all(
    keys.verificationKeys.map(async (key) => ({ use: 'sig', ...(await exportJWK(key)), kid: keyId(key), alg: signingAlgorithm(key) }) as Json),
  );
  return { keys: found };
}

const serviceAccounts: GroupResource = { group: '', resource: 'serviceaccounts' };
const podResource: GroupResource = { group: '', resource: 'pods' };
const secretResource: GroupResource = { group: '', resource: 'secrets' };
const nodeResource: GroupResource = { group: '', resource: 'nodes' };

interface Verified {
  readonly claims: ServiceAccountClaims;
  readonly user: User;
}

/**
 * Users by service account token. The signature is verified once and remembered; that the token's time has not passed, and that the
 * account and what the token is bound to still exist, is seen at each request.
 */
export class ServiceAccountTokenAuthenticator implements TokenAuthenticator {
  readonly #keys: ServiceAccountKeys;
  readonly #byId: ReadonlyMap<string, KeyObject>;
  readonly #lookup: Lookup;
  readonly #clock: Clock;
  readonly #verified = new Map<string, Verified>();

  constructor(keys: ServiceAccountKeys, parts: { readonly lookup: Lookup; readonly clock: Clock }) {
    this.#keys = keys;
    this.#byId = new Map(keys.verificationKeys.map((key) => [keyId(key), key]));
    this.#lookup = parts.lookup;
    this.#clock = parts.clock;
  }

  authenticateToken(token: string, audiences: readonly string[]): Promise<TokenHolder | undefined> {
    const known = this.#verified.get(token);
    if (known) {
      this.#verified.delete(token);
      this.#verified.set(token, known);
      return this.#holds(known, audiences);
    }
    return this.#verify(token).then((verified) => verified && this.#holds(verified, audiences));
  }

  async #verify(token: string): Promise<Verified | undefined> {
    if (token.split('.').length !== 3) return undefined;
    const { jwtVerify } = await loadJose();
    let claims: ServiceAccountClaims | undefined;
    try {
      const { payload } = await jwtVerify(token, ({ kid }) => this.#keyFor(kid), {
        issuer: this.#keys.issuer,
        algorithms: [...new Set(this.#keys.verificationKeys.map(signingAlgorithm))],
        currentDate: new Date(this.#clock.now()),
      });
      claims = decodeClaims(payload as Json);
    } catch {
      return undefined;
    }
    if (!claims) return undefined;
    const verified = { claims, user: userOf(claims) };
    this.#verified.set(token, verified);
    if (this.#verified.size > maxVerified) this.#verified.delete(this.#verified.keys().next().value!);
    return verified;
  }

  #keyFor(kid: string | undefined): KeyObject {
    const found = kid === undefined ? this.#keys.verificationKeys[0] : this.#byId.get(kid);
    if (!found) throw new Error('no such key');
    return found;
  }

  async #holds({ claims, user }: Verified, wanted: readonly string[]): Promise<TokenHolder | undefined> {
    const now = this.#clock.now() / 1000;
    if (now >= claims.expiresAt || now < claims.notBefore) return undefined;
    const audiences = wanted.filter((a) => claims.audiences.includes(a));
    if (audiences.length === 0) return undefined;
    const { namespace, serviceAccount, pod, secret, node } = claims;
    const isThere =
      (await this.#exists(serviceAccounts, namespace, serviceAccount)) &&
      (!secret || (await this.#exists(secretResource, namespace, secret))) &&
      (!pod || (await this.#exists(podResource, namespace, pod))) &&
      (!node || pod !== undefined || (await this.#exists(nodeResource, '', node)));
    return isThere ? { user, audiences } : undefined;
  }

  /** Of that name and uid, and not deleted for long. What the cache lacks is asked of the store: another server may just have made it. */
  async #exists(resource: GroupResource, namespace: string, claim: ObjectClaim): Promise<boolean> {
    const here = this.#lookup.peek(resource, namespace, claim.name);
    const object: KubeObject | undefined = here?.metadata?.uid === claim.uid ? here : await this.#lookup.get(resource, namespace, claim.name);
    if (object?.metadata?.uid !== claim.uid) return false;
    const deletedMs = parseTime(object.metadata.deletionTimestamp);
    return deletedMs === undefined || deletedMs >= this.#clock.now() - deletionLeewayMs;
  }
}

function userOf({ namespace, serviceAccount, pod, node, id }: ServiceAccountClaims): User {
  const extra: Record<string, readonly string[]> = {};
  if (id !== '') extra[credentialIdKey] = [`JTI=${id}`];
  if (pod) {
    extra['authentication.kubernetes.io/pod-name'] = [pod.name];
    extra['authentication.kubernetes.io/pod-uid'] = [pod.uid];
  }
  if (node) {
    extra['authentication.kubernetes.io/node-name'] = [node.name];
    extra['authentication.kubernetes.io/node-uid'] = [node.uid];
  }
  return {
    name: serviceAccountUserName(namespace, serviceAccount.name),
    uid: serviceAccount.uid,
    groups: [...serviceAccountGroups(namespace), authenticatedGroup],
    extra,
  };
}
