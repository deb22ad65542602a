import { errorText } from '../../base/index.ts';
import type { CertificateSigningRequest } from '../../api/index.ts';
import { type Json, equalJson } from '../../apimachinery/index.ts';
import { parseSigningRequest } from '../../pki/index.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission-types.ts';
import type { Authorizer } from '../auth-types.ts';
import { mastersGroup } from '../authorization/union-authorizer.ts';
import { isAbout, refuse } from './refusal.ts';

const group = 'certificates.k8s.io';
const resource = 'certificatesigningrequests';
const clientSigner = 'kubernetes.io/kube-apiserver-client';

const specOf = (object: unknown) => (object as CertificateSigningRequest | undefined)?.spec;

/** A right on a signer, on it alone or on all of its domain: `example.com/*`. */
async function mayUse(authorizer: Authorizer, request: AdmissionRequest, verb: 'approve' | 'sign'): Promise<boolean> {
  const signer = specOf(request.oldObject)?.signerName ?? '';
  const attributes = {
    user: request.user,
    verb,
    isResourceRequest: true,
    group,
    version: '*',
    resource: 'signers',
    subresource: '',
    namespace: '',
    path: '',
  };
  for (const name of [signer, `${signer.split('/')[0]!}/*`]) {
    const decision = await authorizer.authorize({ ...attributes, name });
    if (decision.verdict === 'Allow') return true;
  }
  return false;
}

/** Who approves a request needs the right to approve for its signer. */
export function certificateApproval(authorizer: Authorizer): AdmissionPlugin {
  return {
    name: 'CertificateApproval',
    handles: (operation) => operation === 'UPDATE',
    async validate(request) {
      if (!isAbout(request, group, resource, 'approval') || (await mayUse(authorizer, request, 'approve'))) return;
      throw refuse(request, `user not permitted to approve requests with signerName ${JSON.stringify(specOf(request.oldObject)?.signerName ?? '')}`);
    },
  };
}

/** Who sets a certificate, or says that it failed, needs the right to sign for its signer. */
export function certificateSigning(authorizer: Authorizer): AdmissionPlugin {
  const outcome = (object: unknown) => {
    const status = (object as CertificateSigningRequest | undefined)?.status;
    return { certificate: status?.certificate ?? '', conditions: (status?.conditions ?? []) as unknown as Json };
  };
  return {
    name: 'CertificateSigning',
    handles: (operation) => operation === 'UPDATE',
    async validate(request) {
      if (!isAbout(request, group, resource, 'status') || equalJson(outcome(request.object), outcome(request.oldObject))) return;
      if (await mayUse(authorizer, request, 'sign')) return;
      throw refuse(request, `user not permitted to sign requests with signerName ${JSON.stringify(specOf(request.oldObject)?.signerName ?? '')}`);
    },
  };
}

/** The signer of ordinary client certificates makes no masters. */
export const certificateSubjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  handles: (operation) => operation === 'CREATE',
  async validate(request) {
    const spec = isAbout(request, group, resource) ? specOf(request.object) : undefined;
    if (spec?.signerName !== clientSigner) return;
    let organizations: readonly string[];
    try {
      ({ organizations } = (await parseSigningRequest(Buffer.from(spec.request, 'base64').toString('utf8'))).subject);
    } catch (error) {
      throw refuse(request, `failed to parse CSR: ${errorText(error)}`);
    }
    if (organizations.includes(mastersGroup)) throw refuse(request, `use of ${clientSigner} signer with ${mastersGroup} group is not allowed`);
  },
};
