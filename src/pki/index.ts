/**
 * Keys and certificates: P-256 keys, authorities, the certificates they issue, signing requests.
 *
 * - Certificates are written by a small DER writer and read by node's `X509Certificate`; the subject of a peer's certificate is read by a
 *   reader of a few lines, so that authentication loads no library. Requests from outside are read by a kept library, loaded at the first.
 * - One reader of names (`decodeName`) serves authentication and the signing of requests: both see the same user.
 * - Time comes from a clock that is passed in; validity never outlasts the authority.
 * - Private keys leave this folder as PEM text only, and are written by `writeSecretFile` (0600) in directories of 0700.
 * - Must not know: who may get which certificate (signers and approvers decide), kubeconfigs, HTTP.
 */
export {
  type Authority,
  authorityValidityMs,
  type CertificateTemplate,
  certificateValidityMs,
  clientUsages,
  createAuthority,
  type IssuedCertificate,
  isSignedBy,
  issueCertificate,
  loadAuthority,
  peerUsages,
  serverUsages,
  signCertificate,
} from './authority.ts';
export { MalformedDer } from './der-reader.ts';
export { type AlternativeNames, isKeyUsage, type KeyUsage } from './extensions.ts';
export { generateKeyPair, type KeyPair, keyId, loadKeyPair, signingAlgorithm } from './keys.ts';
export { certificatesOf, decodePem, encodePem, type PemBlock } from './pem.ts';
export { makeSecretDirectory, type Owner, writeSecretFile } from './secret-file.ts';
export { createSigningRequest, InvalidSigningRequest, parseSigningRequest, type SigningRequest, signSigningRequest } from './signing-request.ts';
export { readSubject, type Subject } from './subject.ts';
