import type { CertificateSigningRequest, CertificateSigningRequestCondition } from '../../api/index.ts';
import { parseSigningRequest, type SigningRequest } from '../../pki/index.ts';

export const signers = {
  apiServerClient: 'kubernetes.io/kube-apiserver-client',
  apiServerClientKubelet: 'kubernetes.io/kube-apiserver-client-kubelet',
  kubeletServing: 'kubernetes.io/kubelet-serving',
  legacyUnknown: 'kubernetes.io/legacy-unknown',
} as const;

export function csrCondition(csr: CertificateSigningRequest, type: string): CertificateSigningRequestCondition | undefined {
  return csr.status?.conditions?.find((c) => c.type === type);
}

export function hasCertificate(csr: CertificateSigningRequest): boolean {
  return (csr.status?.certificate ?? '') !== '';
}

/** The PKCS #10 request inside, with its signature checked. Throws `InvalidSigningRequest`. */
export function requestOf(csr: CertificateSigningRequest): Promise<SigningRequest> {
  return parseSigningRequest(Buffer.from(csr.spec.request, 'base64').toString('utf8'));
}

/** Usages as sets: `required` must all be there, `optional` may. */
function usagesAre(csr: CertificateSigningRequest, required: readonly string[], optional: readonly string[]): boolean {
  const usages = csr.spec.usages ?? [];
  return required.every((u) => usages.includes(u)) && usages.every((u) => required.includes(u) || optional.includes(u));
}

const nodePrefix = 'system:node:';
const nodeGroup = 'system:nodes';

function isNodeSubject(request: SigningRequest): boolean {
  const { commonName, organizations } = request.subject;
  return commonName.startsWith(nodePrefix) && organizations.length === 1 && organizations[0] === nodeGroup;
}

/** Why a request is none that a kubelet makes for its client certificate; undefined when it is one. */
export function nodeClientProblem(csr: CertificateSigningRequest, request: SigningRequest): string | undefined {
  if (!isNodeSubject(request)) return subjectProblem(request);
  const { dnsNames, ipAddresses, emailAddresses, uris } = request;
  if (dnsNames.length > 0) return 'DNS subjectAltNames are not allowed';
  if (emailAddresses.length > 0) return 'Email subjectAltNames are not allowed';
  if (ipAddresses.length > 0) return 'IP subjectAltNames are not allowed';
  if (uris.length > 0) return 'URI subjectAltNames are not allowed';
  if (usagesAre(csr, ['digital signature', 'client auth'], ['key encipherment'])) return undefined;
  return 'usages did not match [client auth digital signature key encipherment]';
}

/** The same for its serving certificate. */
export function kubeletServingProblem(csr: CertificateSigningRequest, request: SigningRequest): string | undefined {
  if (!isNodeSubject(request)) return subjectProblem(request);
  const { dnsNames, ipAddresses, emailAddresses, uris } = request;
  if (dnsNames.length === 0 && ipAddresses.length === 0) return 'DNS or IP subjectAltName is required';
  if (emailAddresses.length > 0) return 'Email subjectAltNames are not allowed';
  if (uris.length > 0) return 'URI subjectAltNames are not allowed';
  if (usagesAre(csr, ['digital signature', 'server auth'], ['key encipherment'])) return undefined;
  return 'usages did not match [digital signature key encipherment server auth]';
}

function subjectProblem(request: SigningRequest): string {
  return request.subject.commonName.startsWith(nodePrefix)
    ? `subject organization is not ${nodeGroup}`
    : `subject common name does not begin with ${JSON.stringify(nodePrefix)}`;
}

function apiServerClientProblem(csr: CertificateSigningRequest): string | undefined {
  return usagesAre(csr, ['client auth'], ['digital signature', 'key encipherment']) ? undefined : 'usages did not match the ones a client needs';
}

/** Whether `signerName` signs such a request, and if not, why. Throws for a signer that is not ours. */
export function signerProblem(csr: CertificateSigningRequest, request: SigningRequest): string | undefined {
  switch (csr.spec.signerName) {
    case signers.apiServerClient:
      return apiServerClientProblem(csr);
    case signers.apiServerClientKubelet:
      return nodeClientProblem(csr, request);
    case signers.kubeletServing:
      return kubeletServingProblem(csr, request);
    case signers.legacyUnknown:
      return undefined;
    default:
      throw new Error(`unrecognized signerName: ${JSON.stringify(csr.spec.signerName)}`);
  }
}
