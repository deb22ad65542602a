import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { der } from './der.ts';
import { elementAt, elementsOf, expectElement } from './der-reader.ts';

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** PKCS #8. */
  readonly privateKeyPem: string;
  /** SubjectPublicKeyInfo. */
  readonly publicKeyPem: string;
}

/** A P-256 key pair: 0.2 ms, against 50 for RSA-2048. */
export function generateKeyPair(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return withPem(privateKey, publicKey);
}

/** Reads a private key (PKCS #8, SEC 1 or PKCS #1); its public half is derived. Throws what node:crypto throws. */
export function loadKeyPair(privateKeyPem: string): KeyPair {
  const privateKey = createPrivateKey(privateKeyPem);
  return withPem(privateKey, createPublicKey(privateKey));
}

function withPem(privateKey: KeyObject, publicKey: KeyObject): KeyPair {
  return {
    privateKey,
    publicKey,
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** The `kid` of service account tokens, as upstream derives it: base64url of SHA-256 over the public key's SubjectPublicKeyInfo. */
export function keyId(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
}

/** The JWS algorithm that service account tokens signed with this key use: ES256, ES384, ES512, RS256 or EdDSA. */
export function signingAlgorithm(key: KeyObject): 'ES256' | 'ES384' | 'ES512' | 'RS256' | 'EdDSA' {
  if (key.asymmetricKeyType === 'rsa') return 'RS256';
  if (key.asymmetricKeyType === 'ed25519') return 'EdDSA';
  const curve = key.asymmetricKeyDetails?.namedCurve;
  return curve === 'secp384r1' ? 'ES384' : curve === 'secp521r1' ? 'ES512' : 'ES256';
}

/** RFC 5280 §4.2.1.2 (1): SHA-1 of the key's bits. */
export function subjectKeyIdOf(spki: Uint8Array): Buffer {
  const bits = expectElement(elementsOf(elementAt(spki, 0).content), 1, 0x03).content;
  return createHash('sha1').update(bits.subarray(1)).digest();
}

interface SignatureAlgorithm {
  readonly identifier: Buffer;
  readonly digest: 'sha256' | 'sha384' | 'sha512' | null;
}

function signatureAlgorithm(key: KeyObject): SignatureAlgorithm {
  switch (signingAlgorithm(key)) {
    case 'RS256':
      return { identifier: der.sequence(der.oid('1.2.840.113549.1.1.11'), der.null()), digest: 'sha256' };
    case 'EdDSA':
      return { identifier: der.sequence(der.oid('1.3.101.112')), digest: null };
    case 'ES384':
      return { identifier: der.sequence(der.oid('1.2.840.10045.4.3.3')), digest: 'sha384' };
    case 'ES512':
      return { identifier: der.sequence(der.oid('1.2.840.10045.4.3.4')), digest: 'sha512' };
    case 'ES256':
      return { identifier: der.sequence(der.oid('1.2.840.10045.4.3.2')), digest: 'sha256' };
  }
}

/** `SEQUENCE { body, algorithm, signature }`: how certificates and requests are signed. `body` is made once the algorithm is known. */
export function signed(key: KeyObject, body: (algorithm: Buffer) => Buffer): Buffer {
  const { identifier, digest } = signatureAlgorithm(key);
  const content = body(identifier);
  return der.sequence(content, identifier, der.bits(sign(digest, content, key)));
}
