/** certificatesigningrequest-signing-controller: signs approved requests of the kubernetes.io signers. */
import { errorText } from '../../base/index.ts';
import type { CertificateSigningRequest } from '../../api/index.ts';
import { formatTime } from '../../apimachinery/index.ts';
import { type Authority, InvalidSigningRequest, isKeyUsage, signSigningRequest } from '../../pki/index.ts';
import type { Controller, ControllerContext, Result } from '../controller.ts';
import { csrCondition, hasCertificate, requestOf, signerProblem, signers } from './model.ts';

export interface CsrSigningOptions {
  readonly authority: Authority;
  /** The longest validity given (--cluster-signing-duration). */
  readonly maxDurationMs: number;
}

/** The shortest validity given, whatever was asked for. */
const minDurationMs = 10 * 60_000;

const ours: ReadonlySet<string> = new Set(Object.values(signers));

/** How long a certificate shall be valid: what was asked for, within bounds. Pure. */
export function durationMs(expirationSeconds: number | undefined, maxDurationMs: number): number {
  if (expirationSeconds === undefined) return maxDurationMs;
  return Math.min(maxDurationMs, Math.max(minDurationMs, expirationSeconds * 1000));
}

export function csrSigningController(options: CsrSigningOptions): Controller {
  return {
    name: 'certificatesigningrequest-signing-controller',
    serviceAccount: 'certificate-controller',
    watches: [{ resource: 'certificatesigningrequests', mapToKey: 'self' }],
    start(context) {
      const requests = context.lister<CertificateSigningRequest>('certificatesigningrequests');
      return {
        async reconcile(key, signal): Promise<Result> {
          const csr = requests.get(key);
          if (csr === undefined || !ours.has(csr.spec.signerName) || hasCertificate(csr)) return;
          if (csrCondition(csr, 'Approved') === undefined || csrCondition(csr, 'Denied') !== undefined || csrCondition(csr, 'Failed') !== undefined)
            return;
          await sign(csr, context, { ...options, signal });
        },
      };
    },
  };
}

async function sign(
  csr: CertificateSigningRequest,
  context: ControllerContext,
  options: CsrSigningOptions & { readonly signal: AbortSignal },
): Promise<void> {
  const { authority, maxDurationMs, signal } = options;
  const client = context.client.resource<CertificateSigningRequest>('certificatesigningrequests');
  const fail = async (message: string) => {
    const now = formatTime(context.clock.now());
    const condition = { type: 'Failed', status: 'True', reason: 'SignerValidationFailure', message, lastUpdateTime: now };
    await client.updateStatus({ ...csr, status: { ...csr.status, conditions: [...(csr.status?.conditions ?? []), condition] } }, { signal });
  };
  try {
    const request = await requestOf(csr);
    const problem = signerProblem(csr, request);
    if (problem !== undefined) return await fail(problem);
    const usages = (csr.spec.usages ?? []).filter(isKeyUsage);
    const pem = signSigningRequest(authority, request, {
      usages,
      validityMs: durationMs(csr.spec.expirationSeconds, maxDurationMs),
      clock: context.clock,
    });
    const certificate = Buffer.from(pem).toString('base64');
    await client.updateStatus({ ...csr, status: { ...csr.status, certificate } }, { signal });
  } catch (error) {
    if (!(error instanceof InvalidSigningRequest)) throw error;
    await fail(`unable to parse csr ${JSON.stringify(csr.metadata?.name ?? '')}: ${errorText(error)}`);
  }
}
