/** certificatesigningrequest-cleaner-controller: deletes requests that have been dealt with, or that nobody deals with. */
import { X509Certificate } from 'node:crypto';
import type { CertificateSigningRequest } from '../../api/index.ts';
import { isNotFound, parseTime } from '../../apimachinery/index.ts';
import type { Controller } from '../controller.ts';
import { hasCertificate } from './model.ts';

const hourMs = 3_600_000;
const periodMs = hourMs;
const keptMs = { issued: hourMs, denied: hourMs, failed: hourMs, pending: 24 * hourMs } as const;

/** Whether a request has outlived its use. Pure. */
export function isStale(csr: CertificateSigningRequest, nowMs: number): boolean {
  const conditions = csr.status?.conditions ?? [];
  const olderThan = (type: string, ms: number) => conditions.some((c) => c.type === type && (parseTime(c.lastUpdateTime) ?? nowMs) + ms < nowMs);
  if (hasCertificate(csr) && isExpired(csr, nowMs)) return true;
  if (olderThan('Denied', keptMs.denied) || olderThan('Failed', keptMs.failed)) return true;
  if (hasCertificate(csr)) return olderThan('Approved', keptMs.issued);
  return conditions.length === 0 && (parseTime(csr.metadata?.creationTimestamp) ?? nowMs) + keptMs.pending < nowMs;
}

function isExpired(csr: CertificateSigningRequest, nowMs: number): boolean {
  try {
    const certificate = new X509Certificate(Buffer.from(csr.status?.certificate ?? '', 'base64'));
    return Date.parse(certificate.validTo) < nowMs;
  } catch {
    return false;
  }
}

export const csrCleanerController: Controller = {
  name: 'certificatesigningrequest-cleaner-controller',
  serviceAccount: 'certificate-controller',
  workers: 1,
  watches: [{ resource: 'certificatesigningrequests', mapToKey: 'none' }],
  start({ client, clock, lister, logger }) {
    const requests = lister<CertificateSigningRequest>('certificatesigningrequests');
    return {
      async reconcile() {},
      async run(signal) {
        while (!signal.aborted) {
          for (const csr of requests.list().filter((r) => isStale(r, clock.now()))) {
            try {
              await client.resource('certificatesigningrequests').delete(csr.metadata?.name ?? '', { signal });
            } catch (error) {
              if (!isNotFound(error) && !signal.aborted) logger.warn('a stale request could not be deleted', { csr: csr.metadata?.name, error });
            }
          }
          await clock.sleep(periodMs, signal).catch(() => undefined);
        }
      },
    };
  },
};
