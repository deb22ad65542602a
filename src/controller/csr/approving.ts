/** certificatesigningrequest-approving-controller: approves what kubelets ask for themselves. */
import type { CertificateSigningRequest, Node, SubjectAccessReview } from '../../api/index.ts';
import { formatTime } from '../../apimachinery/index.ts';
import { InvalidSigningRequest, type SigningRequest } from '../../pki/index.ts';
import type { Controller, ControllerContext, Reconciler, Result } from '../controller.ts';
import { csrCondition, hasCertificate, kubeletServingProblem, nodeClientProblem, requestOf, signers } from './model.ts';

/** What is not allowed, or not known to be the node's own, may be so later: rights and addresses come. */
const retryMs = 10_000;

export const csrApprovingController: Controller = {
  name: 'certificatesigningrequest-approving-controller',
  serviceAccount: 'certificate-controller',
  watches: [
    { resource: 'certificatesigningrequests', mapToKey: 'self' },
    { resource: 'nodes', mapToKey: 'none' },
  ],
  start: (context) => new Approver(context),
};

interface Recognized {
  readonly subresource: 'selfnodeclient' | 'nodeclient';
  readonly message: string;
}

/** The reviews that would let a client request pass, the narrower first. Pure. */
export function recognizeClient(csr: CertificateSigningRequest, request: SigningRequest): readonly Recognized[] {
  if (csr.spec.signerName !== signers.apiServerClientKubelet || nodeClientProblem(csr, request) !== undefined) return [];
  const node: Recognized = { subresource: 'nodeclient', message: 'Auto approving kubelet client certificate after SubjectAccessReview.' };
  if (csr.spec.username !== request.subject.commonName) return [node];
  return [{ subresource: 'selfnodeclient', message: 'Auto approving self kubelet client certificate after SubjectAccessReview.' }, node];
}

/** Why a serving request is not the node's own doing, or asks for more than its own names and addresses; undefined when it may pass. Pure. */
export function servingProblem(csr: CertificateSigningRequest, request: SigningRequest, node: Node | undefined): string | undefined {
  const shape = kubeletServingProblem(csr, request);
  if (shape !== undefined) return shape;
  if (csr.spec.username !== request.subject.commonName || !(csr.spec.groups ?? []).includes('system:nodes')) return 'the requester is not that node';
  if (node === undefined) return 'the node does not exist';
  const addresses = new Set((node.status?.addresses ?? []).map((a) => a.address));
  const names = new Set([node.metadata?.name ?? '', ...addresses]);
  const foreign = [...request.dnsNames.filter((n) => !names.has(n)), ...request.ipAddresses.filter((ip) => !addresses.has(ip))];
  return foreign.length === 0 ? undefined : `not the node's own: ${foreign.join(', ')}`;
}

class Approver implements Reconciler {
  readonly #context: ControllerContext;

  constructor(context: ControllerContext) {
    this.#context = context;
    context.lister<CertificateSigningRequest>('certificatesigningrequests');
    context.lister<Node>('nodes');
  }

  async reconcile(key: { readonly namespace: string; readonly name: string }, signal: AbortSignal): Promise<Result> {
    const csr = this.#context.lister<CertificateSigningRequest>('certificatesigningrequests').get(key);
    if (csr === undefined || hasCertificate(csr) || csrCondition(csr, 'Approved') !== undefined || csrCondition(csr, 'Denied') !== undefined) return;
    if (csr.spec.signerName !== signers.apiServerClientKubelet && csr.spec.signerName !== signers.kubeletServing) return;
    let request: SigningRequest;
    try {
      request = await requestOf(csr);
    } catch (error) {
      // It stays pending, for people to see; nothing of it will change.
      if (error instanceof InvalidSigningRequest) return;
      throw error;
    }
    return csr.spec.signerName === signers.kubeletServing ? await this.#serving(csr, request, signal) : await this.#client(csr, request, signal);
  }

  async #client(csr: CertificateSigningRequest, request: SigningRequest, signal: AbortSignal): Promise<Result> {
    const recognized = recognizeClient(csr, request);
    for (const { subresource, message } of recognized) {
      if (await this.#allowed(csr, subresource, signal)) return await this.#approve(csr, message, signal);
    }
    return recognized.length === 0 ? undefined : { requeueAfterMs: retryMs };
  }

  async #serving(csr: CertificateSigningRequest, request: SigningRequest, signal: AbortSignal): Promise<Result> {
    const name = request.subject.commonName.slice('system:node:'.length);
    const node = this.#context.lister<Node>('nodes').get({ namespace: '', name });
    const problem = servingProblem(csr, request, node);
    if (problem === undefined)
      return await this.#approve(csr, "Auto approving kubelet serving certificate: names and addresses are the node's own.", signal);
    this.#context.logger.info('a serving certificate was not approved', { csr: csr.metadata?.name, problem });
    // A node's addresses are reported after it has registered.
    return csr.spec.username === request.subject.commonName ? { requeueAfterMs: retryMs } : undefined;
  }

  async #allowed(csr: CertificateSigningRequest, subresource: string, signal: AbortSignal): Promise<boolean> {
    const { username, uid, groups, extra } = csr.spec;
    const review: SubjectAccessReview = {
      spec: {
        ...(username === undefined ? {} : { user: username }),
        ...(uid === undefined ? {} : { uid }),
        ...(groups === undefined ? {} : { groups }),
        ...(extra === undefined ? {} : { extra }),
        resourceAttributes: { group: 'certificates.k8s.io', resource: 'certificatesigningrequests', verb: 'create', subresource, version: '*' },
      },
    };
    const answer = await this.#context.client.resource<SubjectAccessReview>('subjectaccessreviews').create(review, { signal });
    return answer.status?.allowed === true;
  }

  async #approve(csr: CertificateSigningRequest, message: string, signal: AbortSignal): Promise<void> {
    const now = formatTime(this.#context.clock.now());
    const condition = { type: 'Approved', status: 'True', reason: 'AutoApproved', message, lastUpdateTime: now };
    const status = { ...csr.status, conditions: [...(csr.status?.conditions ?? []), condition] };
    await this.#context.client
      .resource<CertificateSigningRequest>('certificatesigningrequests')
      .update({ ...csr, status }, { subresource: 'approval', signal });
  }
}
