import { createPublicKey, type KeyObject, randomBytes, X509Certificate } from 'node:crypto';
import type { Clock } from '../base/index.ts';
import { der } from './der.ts';
import { type AlternativeNames, certificateExtensions, type KeyUsage } from './extensions.ts';
import { generateKeyPair, type KeyPair, loadKeyPair, signed, subjectKeyIdOf } from './keys.ts';
import { certificatesOf, encodePem } from './pem.ts';
import { certificateParts, encodeName, type Subject } from './subject.ts';

/** A certificate authority: its certificate and the key that signs. */
export interface Authority {
  readonly certificatePem: string;
  readonly certificate: X509Certificate;
  readonly keys: KeyPair;
}

export interface CertificateTemplate extends AlternativeNames {
  readonly subject: { readonly commonName: string; readonly organizations?: readonly string[] };
  readonly usages: readonly KeyUsage[];
  /** From now on; never beyond the authority's own end. */
  readonly validityMs: number;
}

export interface IssuedCertificate {
  readonly certificatePem: string;
  readonly keyPem: string;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** Certificates start this much in the past, as upstream's signers have it: clocks of nodes differ. */
const backdateMs = 5 * minuteMs;
export const authorityValidityMs = 3650 * dayMs;
export const certificateValidityMs = 365 * dayMs;

/** What a serving certificate is for. */
export const serverUsages: readonly KeyUsage[] = ['digital signature', 'key encipherment', 'server auth'];
export const clientUsages: readonly KeyUsage[] = ['digital signature', 'key encipherment', 'client auth'];
export const peerUsages: readonly KeyUsage[] = ['digital signature', 'key encipherment', 'server auth', 'client auth'];

interface Body {
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly extensions: Uint8Array;
}

function certify(key: KeyObject, body: Body): string {
  const serial = randomBytes(16);
  serial[0]! &= 0x7f;
  const certificate = signed(key, (algorithm) =>
    der.sequence(
      der.explicit(0, der.small(2)),
      der.unsigned(serial),
      algorithm,
      body.issuer,
      der.sequence(der.time(body.notBeforeMs), der.time(body.notAfterMs)),
      body.subject,
      body.publicKey,
      body.extensions,
    ),
  );
  return encodePem('CERTIFICATE', certificate);
}

/** Makes a self-signed authority with a new P-256 key, or with `keys`. */
export function createAuthority(options: {
  readonly commonName: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly organizations?: readonly string[];
  readonly validityMs?: number;
  readonly keys?: KeyPair;
}): Authority {
  const keys = options.keys ?? generateKeyPair();
  const now = options.clock.now();
  const publicKey = keys.publicKey.export({ type: 'spki', format: 'der' });
  const subject = encodeName({ commonName: options.commonName, organizations: options.organizations ?? [] });
  const certificatePem = certify(keys.privateKey, {
    issuer: subject,
    subject,
    publicKey,
    notBeforeMs: now - backdateMs,
    notAfterMs: now + (options.validityMs ?? authorityValidityMs),
    extensions: certificateExtensions({
      usages: ['digital signature', 'key encipherment', 'cert sign'],
      names: {},
      isAuthority: true,
      subjectKeyId: subjectKeyIdOf(publicKey),
      authorityKeyId: undefined,
      emptySubject: false,
    }),
  });
  return { certificatePem, certificate: new X509Certificate(certificatePem), keys };
}

/** An authority from its files' contents. Throws where they do not belong together or it may not sign. */
export function loadAuthority(files: { readonly certificatePem: string; readonly keyPem: string }): Authority {
  const certificate = new X509Certificate(files.certificatePem);
  const keys = loadKeyPair(files.keyPem);
  if (!certificate.ca) throw new Error('the certificate is not one of an authority');
  if (!certificate.checkPrivateKey(keys.privateKey)) throw new Error('the private key does not belong to the certificate');
  return { certificatePem: files.certificatePem, certificate, keys };
}

/** Signs a certificate for a public key (SubjectPublicKeyInfo in DER) as the template says; PEM. */
export function signCertificate(
  authority: Authority,
  template: CertificateTemplate,
  options: { readonly publicKey: Uint8Array; readonly clock: Pick<Clock, 'now'> },
): string {
  const parts = certificateParts(authority.certificate.raw);
  const subject: Subject = { commonName: template.subject.commonName, organizations: template.subject.organizations ?? [] };
  const now = options.clock.now();
  return certify(authority.keys.privateKey, {
    issuer: parts.subject,
    subject: encodeName(subject),
    publicKey: options.publicKey,
    notBeforeMs: now - backdateMs,
    notAfterMs: Math.min(now + template.validityMs, Date.parse(authority.certificate.validTo)),
    extensions: certificateExtensions({
      usages: template.usages,
      names: template,
      isAuthority: false,
      subjectKeyId: subjectKeyIdOf(options.publicKey),
      authorityKeyId: parts.subjectKeyId,
      emptySubject: subject.commonName === '' && subject.organizations.length === 0,
    }),
  });
}

/** Makes a key (P-256) and a certificate for it. */
export function issueCertificate(authority: Authority, template: CertificateTemplate, clock: Pick<Clock, 'now'>): IssuedCertificate {
  const keys = generateKeyPair();
  const publicKey = keys.publicKey.export({ type: 'spki', format: 'der' });
  return { certificatePem: signCertificate(authority, template, { publicKey, clock }), keyPem: keys.privateKeyPem };
}

/** Whether a certificate (PEM, first of a bundle) was signed by one of the authorities of `bundlePem` and is valid at `nowMs`. */
export function isSignedBy(certificatePem: string, bundlePem: string, nowMs: number): boolean {
  const certificate = new X509Certificate(certificatePem);
  if (nowMs < Date.parse(certificate.validFrom) || nowMs > Date.parse(certificate.validTo)) return false;
  return certificatesOf(bundlePem).some((der) => {
    const authority = new X509Certificate(der);
    return certificate.checkIssued(authority) && certificate.verify(createPublicKey(authority.publicKey.export({ type: 'spki', format: 'pem' })));
  });
}
