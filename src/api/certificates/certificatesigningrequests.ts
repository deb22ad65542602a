import { humanDuration } from '../../apimachinery/index.ts';
import { define } from '../define.ts';
import { ageColumn, column, nameColumn } from '../helpers/columns.ts';
import type { CertificateSigningRequest } from '../types.gen.ts';
import { csrStrategy } from './strategy.ts';

function conditionText(o: CertificateSigningRequest): string {
  const has = (type: string) => o.status?.conditions?.some((c) => c.type === type) ?? false;
  const decided = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending';
  return decided + (has('Failed') ? ',Failed' : '') + (o.status?.certificate ? ',Issued' : '');
}

function durationText(seconds: number | undefined): string {
  return seconds === undefined ? '<none>' : humanDuration(seconds * 1000);
}

export const certificateSigningRequests = define<CertificateSigningRequest>({
  group: 'certificates.k8s.io',
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  strategy: csrStrategy,
  shortNames: ['csr'],
  scope: 'Cluster',
  status: true,
  subresources: [
    {
      name: 'approval',
      verbs: ['get', 'patch', 'update'],
      kind: { group: 'certificates.k8s.io', version: 'v1', kind: 'CertificateSigningRequest' },
    },
  ],
  columns: [
    nameColumn,
    ageColumn,
    column('SignerName', (o) => o.spec?.signerName || '<none>'),
    column('Requestor', (o) => o.spec?.username ?? ''),
    column('RequestedDuration', (o) => durationText(o.spec?.expirationSeconds)),
    column('Condition', conditionText),
  ],
  selectableFields: { 'spec.signerName': (o) => o.spec?.signerName ?? '' },
});
