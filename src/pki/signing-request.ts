import type { KeyObject } from 'node:crypto';
import type { Clock } from '../base/index.ts';
import { type Authority, signCertificate } from './authority.ts';
import { der } from './der.ts';
import { type AlternativeNames, alternativeNamesExtension, type KeyUsage } from './extensions.ts';
import { type KeyPair, signed } from './keys.ts';
import { decodePem, encodePem } from './pem.ts';
import { decodeName, encodeName, type Subject } from './subject.ts';

/** A PKCS #10 request as read: what it asks to be certified. Its signature has been checked. */
export interface SigningRequest {
  readonly subject: Subject;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly emailAddresses: readonly string[];
  readonly uris: readonly string[];
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array;
}

/** A request that cannot be read or whose signature does not hold. */
export class InvalidSigningRequest extends Error {
  override readonly name = 'InvalidSigningRequest';
}

const extensionRequestOid = '1.2.840.113549.1.9.14';

/** Makes a PKCS #10 request (PEM, label CERTIFICATE REQUEST). */
export function createSigningRequest(options: {
  readonly subject: Subject;
  readonly names?: AlternativeNames;
  readonly keys: Pick<KeyPair, 'privateKey' | 'publicKey'>;
}): string {
  const publicKey: KeyObject = options.keys.publicKey;
  const names = alternativeNamesExtension(options.names ?? {}, false);
  const attributes = names ? der.sequence(der.oid(extensionRequestOid), der.set(der.sequence(names))) : Buffer.alloc(0);
  const request = signed(options.keys.privateKey, () =>
    der.sequence(der.small(0), encodeName(options.subject), publicKey.export({ type: 'spki', format: 'der' }), der.explicit(0, attributes)),
  );
  return encodePem('CERTIFICATE REQUEST', request);
}

/** Reads a request from outside (PEM). Throws `InvalidSigningRequest`. Loads its library at the first call. */
export async function parseSigningRequest(pem: string): Promise<SigningRequest> {
  const block = decodePem(pem).find((b) => b.label === 'CERTIFICATE REQUEST' || b.label === 'NEW CERTIFICATE REQUEST');
  if (!block) throw new InvalidSigningRequest('PEM block type must be CERTIFICATE REQUEST');
  await import('reflect-metadata');
  const loaded = await import('@peculiar/x509');
  // A bundle has CommonJS as a default export alone.
  const x509 = 'Pkcs10CertificateRequest' in loaded ? loaded : (loaded as { readonly default: typeof import('@peculiar/x509') }).default;
  try {
    const request = new x509.Pkcs10CertificateRequest(block.bytes);
    if (!(await request.verify())) throw new InvalidSigningRequest('the signature of the request does not hold');
    const names = request.extensions.find((e) => e instanceof x509.SubjectAlternativeNameExtension)?.names.toJSON() ?? [];
    const of = (type: string) => names.filter((n) => n.type === type).map((n) => n.value);
    return {
      subject: decodeName(new Uint8Array(request.subjectName.toArrayBuffer())),
      dnsNames: of('dns'),
      ipAddresses: of('ip'),
      emailAddresses: of('email'),
      uris: of('url'),
      publicKey: new Uint8Array(request.publicKey.rawData),
    };
  } catch (cause) {
    if (cause instanceof InvalidSigningRequest) throw cause;
    throw new InvalidSigningRequest(cause instanceof Error ? cause.message : 'malformed request', { cause });
  }
}

/** Signs a request as it stands, with the usages and validity its signer grants; PEM. Whether it may be signed is the caller's to know. */
export function signSigningRequest(
  authority: Authority,
  request: SigningRequest,
  options: { readonly usages: readonly KeyUsage[]; readonly validityMs: number; readonly clock: Pick<Clock, 'now'> },
): string {
  const { subject, dnsNames, ipAddresses, emailAddresses, uris, publicKey } = request;
  const template = { subject, dnsNames, ipAddresses, emailAddresses, uris, usages: options.usages, validityMs: options.validityMs };
  return signCertificate(authority, template, { publicKey, clock: options.clock });
}
