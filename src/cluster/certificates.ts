import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../base/index.ts';
import {
  type Authority,
  type CertificateTemplate,
  certificateValidityMs,
  clientUsages,
  createAuthority,
  generateKeyPair,
  type IssuedCertificate,
  issueCertificate,
  loadAuthority,
  makeSecretDirectory,
  serverUsages,
  writeSecretFile,
} from '../pki/index.ts';
import { addressIn, type NetworkPlan } from './network-plan.ts';

/** The authorities of one cluster, kept apart: who may join the cluster may not read the store, nor pose as the front proxy. */
export interface Authorities {
  readonly cluster: Authority;
  readonly etcd: Authority;
  readonly frontProxy: Authority;
  /** Signs service account tokens. */
  readonly serviceAccountKeyPem: string;
}

const names = { cluster: 'kubernetes', etcd: 'etcd-ca', frontProxy: 'front-proxy-ca' } as const;

export function makeAuthorities(clock: Clock): Authorities {
  const make = (commonName: string) => createAuthority({ commonName, clock });
  return {
    cluster: make(names.cluster),
    etcd: make(names.etcd),
    frontProxy: make(names.frontProxy),
    serviceAccountKeyPem: generateKeyPair().privateKeyPem,
  };
}

/** The authorities kept in `dir`, made at the first call. */
export async function loadAuthorities(dir: string, clock: Clock): Promise<Authorities> {
  await makeSecretDirectory(dir);
  if (!existsSync(join(dir, 'sa.key'))) await saveAuthorities(dir, makeAuthorities(clock));
  const read = (file: string) => readFileSync(join(dir, file), 'utf8');
  const load = (name: string) => loadAuthority({ certificatePem: read(`${name}.crt`), keyPem: read(`${name}.key`) });
  return { cluster: load('ca'), etcd: load('etcd-ca'), frontProxy: load('front-proxy-ca'), serviceAccountKeyPem: read('sa.key') };
}

async function saveAuthorities(dir: string, authorities: Authorities): Promise<void> {
  const files: (readonly [string, Authority])[] = [
    ['ca', authorities.cluster],
    ['etcd-ca', authorities.etcd],
    ['front-proxy-ca', authorities.frontProxy],
  ];
  for (const [name, authority] of files) {
    await writeSecretFile(join(dir, `${name}.crt`), authority.certificatePem);
    await writeSecretFile(join(dir, `${name}.key`), authority.keys.privateKeyPem);
  }
  // Written last: its presence says that the set is whole.
  await writeSecretFile(join(dir, 'sa.key'), authorities.serviceAccountKeyPem);
}

/** The API server's serving certificate: every name and address it is reached by. */
export function servingCertificate(
  authority: Authority,
  options: { readonly plan?: NetworkPlan; readonly addresses: readonly string[]; readonly hostNames?: readonly string[]; readonly clock: Clock },
): IssuedCertificate {
  const inside = options.plan ? [addressIn(options.plan.serviceCidr, 1), addressIn(options.plan.nodeCidr, 1)] : [];
  return issueCertificate(
    authority,
    {
      subject: { commonName: 'kube-apiserver' },
      usages: serverUsages,
      validityMs: certificateValidityMs,
      dnsNames: [
        'localhost',
        'kubernetes',
        'kubernetes.default',
        'kubernetes.default.svc',
        'kubernetes.default.svc.cluster.local',
        ...(options.hostNames ?? []),
      ],
      ipAddresses: [...new Set(['127.0.0.1', ...inside, ...options.addresses])],
    },
    options.clock,
  );
}

/** A client certificate for one user. */
export function clientCertificate(authority: Authority, subject: CertificateTemplate['subject'], clock: Clock): IssuedCertificate {
  return issueCertificate(authority, { subject, usages: clientUsages, validityMs: certificateValidityMs }, clock);
}

/** The users that a cluster's own parts and its administrator act as. */
export const users = {
  admin: { commonName: 'kubernetes-admin', organizations: ['system:masters'] },
  kubeletClient: { commonName: 'kube-apiserver-kubelet-client', organizations: ['system:masters'] },
  proxy: { commonName: 'system:kube-proxy', organizations: ['system:node-proxier'] },
  nodeBootstrap: {
    commonName: 'system:bootstrap:kubets',
    organizations: ['system:bootstrappers', 'system:bootstrappers:kubeadm:default-node-token'],
  },
} as const;
