import { createPublicKey, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { kubeletDialer, readStaticTokens, type ServiceAccountKeys } from '../../apiserver/index.ts';
import { realClock, systemRng } from '../../base/index.ts';
import { type ApiServerDaemonOptions, becomeDaemon, runApiServerDaemon } from '../../cluster/index.ts';
import { decodePem, encodePem, keyId, loadKeyPair } from '../../pki/index.ts';
import type { Command, FlagValues } from '../command.ts';
import {
  addressFlag,
  bundle,
  cidrsFlag,
  fileFlag,
  hostAddress,
  listFlag,
  needed,
  neededFile,
  optional,
  portFlag,
  portRangeFlag,
  readFlagFile,
  reading,
  together,
} from '../daemon-flags.ts';

export const apiserver: Command = {
  use: 'apiserver',
  short: 'Run the API server alone with its embedded store, in the foreground',
  flags: [
    { flags: '--secure-port <number>', description: 'serve HTTPS here', default: '6443' },
    { flags: '--bind-address <address>', description: 'listen here', default: '0.0.0.0' },
    { flags: '--advertise-address <address>', description: 'where pods reach this server (default: the bind address, or one of this host)' },
    { flags: '--etcd-data-dir <folder>', description: 'keep objects here; without it they go with the process' },
    { flags: '--service-cluster-ip-range <range>', description: 'range of ClusterIPs', default: '10.0.0.0/24' },
    { flags: '--service-node-port-range <range>', description: 'range of NodePorts', default: '30000-32767' },
    { flags: '--client-ca-file <file>', description: 'authorities whose client certificates say who a client is' },
    { flags: '--tls-cert-file <file>', description: 'certificate to serve with' },
    { flags: '--tls-private-key-file <file>', description: 'its key' },
    { flags: '--service-account-key-file <file>', description: 'public or private keys whose service account tokens are taken', repeatable: true },
    { flags: '--service-account-signing-key-file <file>', description: 'private key that signs service account tokens' },
    { flags: '--service-account-issuer <url>', description: 'issuer of service account tokens' },
    { flags: '--kubelet-client-certificate <file>', description: 'certificate to show to kubelets' },
    { flags: '--kubelet-client-key <file>', description: 'its key' },
    { flags: '--kubelet-certificate-authority <file>', description: 'authorities of kubelets’ certificates; without it any certificate is taken' },
    { flags: '--token-auth-file <file>', description: 'lines of token,user,uid,"group1,group2"' },
    { flags: '--requestheader-client-ca-file <file>', description: 'authorities of front proxies, published for extension API servers' },
  ],
  async run(io, _args, flags) {
    const options = optionsOf(flags);
    const daemon = becomeDaemon({ component: 'apiserver', signal: io.signal });
    await runApiServerDaemon({ ...options, daemon });
    return 0;
  },
};

function optionsOf(flags: FlagValues): Omit<ApiServerDaemonOptions, 'daemon'> {
  const bind = { host: addressFlag(flags, 'bind-address'), port: portFlag(flags, 'secure-port') };
  const etcdDataDir = optional(flags, 'etcd-data-dir');
  const clientCa = fileFlag(flags, 'client-ca-file', bundle);
  const requestHeaderCa = fileFlag(flags, 'requestheader-client-ca-file', bundle);
  const staticTokens = fileFlag(flags, 'token-auth-file', (csv) => (readStaticTokens(csv, []), csv));
  return {
    bind,
    tls: { ...servingPair(flags), ...(clientCa === undefined ? {} : { clientCa }) },
    serviceAccounts: serviceAccountKeys(flags),
    serviceCidrs: cidrsFlag(flags, 'service-cluster-ip-range'),
    nodePorts: portRangeFlag(flags, 'service-node-port-range'),
    advertise: { address: advertiseAddress(flags, bind.host), port: bind.port },
    ...(clientCa === undefined ? {} : { clientCa }),
    ...(requestHeaderCa === undefined ? {} : { requestHeaderCa }),
    ...(staticTokens === undefined ? {} : { staticTokens }),
    ...(etcdDataDir === '' ? {} : { etcdDataDir }),
    kubelet: dialer(flags),
    clock: realClock,
    rng: systemRng,
  };
}

function servingPair(flags: FlagValues): { readonly cert: string; readonly key: string } {
  const cert = neededFile(flags, 'tls-cert-file', bundle);
  const key = neededFile(flags, 'tls-private-key-file');
  reading('tls-private-key-file', () => createSecureContext({ cert, key }));
  return { cert, key };
}

function serviceAccountKeys(flags: FlagValues): ServiceAccountKeys {
  const issuer = needed(flags, 'service-account-issuer');
  const signing = neededFile(flags, 'service-account-signing-key-file', loadKeyPair);
  const name = 'service-account-key-file';
  const listed = listFlag(flags, name).flatMap((file) => readFlagFile(file, name, publicKeys));
  const known = listed.some((key) => keyId(key) === keyId(signing.publicKey));
  return { issuer, signingKey: signing.privateKey, verificationKeys: known ? listed : [...listed, signing.publicKey] };
}

/** Of private keys the public halves: upstream takes both. */
function publicKeys(pem: string): KeyObject[] {
  const keys = decodePem(pem).filter((block) => block.label.endsWith('KEY'));
  if (keys.length === 0) throw new Error('the file holds no key');
  return keys.map(({ label, bytes }) => createPublicKey(encodePem(label, bytes)));
}

function advertiseAddress(flags: FlagValues, bindHost: string): string {
  const given = addressFlag(flags, 'advertise-address');
  if (given !== '') return given;
  return bindHost === '0.0.0.0' || bindHost === '::' || isIP(bindHost) === 0 ? hostAddress('advertise-address') : bindHost;
}

function dialer(flags: FlagValues): ReturnType<typeof kubeletDialer> {
  const hasClient = together(flags, 'kubelet-client-certificate', 'kubelet-client-key');
  const ca = fileFlag(flags, 'kubelet-certificate-authority', bundle);
  return kubeletDialer({
    ...(hasClient ? { cert: neededFile(flags, 'kubelet-client-certificate'), key: neededFile(flags, 'kubelet-client-key') } : {}),
    ...(ca === undefined ? { insecureSkipVerify: true } : { ca }),
  });
}
