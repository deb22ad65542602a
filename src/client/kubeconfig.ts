import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { load } from 'js-yaml';
import type { Clock, Rng } from '../base/index.ts';
import { type HttpsTransportOptions, httpsTransport } from './https-transport.ts';
import type { Transport } from './transport.ts';

interface ClusterEntry {
  readonly server?: string;
  readonly 'certificate-authority'?: string;
  readonly 'certificate-authority-data'?: string;
  readonly 'insecure-skip-tls-verify'?: boolean;
  readonly 'tls-server-name'?: string;
}

interface UserEntry {
  readonly 'client-certificate'?: string;
  readonly 'client-certificate-data'?: string;
  readonly 'client-key'?: string;
  readonly 'client-key-data'?: string;
  readonly token?: string;
  readonly tokenFile?: string;
}

interface ContextEntry {
  readonly cluster?: string;
  readonly user?: string;
  readonly namespace?: string;
}

/** A kubeconfig as far as this client reads it (v1 Config). */
export interface Kubeconfig {
  readonly clusters?: readonly { readonly name: string; readonly cluster: ClusterEntry }[];
  readonly users?: readonly { readonly name: string; readonly user: UserEntry }[];
  readonly contexts?: readonly { readonly name: string; readonly context: ContextEntry }[];
  readonly 'current-context'?: string;
}

export interface TransportContext {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly userAgent?: string;
}

/** What a kubeconfig's context says of where to go and as whom. File names in it are relative to its own folder; data wins over files. */
export async function connectionFromKubeconfig(path: string, context?: string): Promise<Omit<HttpsTransportOptions, 'clock' | 'rng'>> {
  const config = load(await readFile(path, 'utf8')) as Kubeconfig | null | undefined;
  const name = context ?? config?.['current-context'] ?? '';
  const chosen = config?.contexts?.find((c) => c.name === name)?.context;
  if (chosen === undefined) throw new Error(`${path} has no context ${JSON.stringify(name)}`);
  const cluster = config?.clusters?.find((c) => c.name === chosen.cluster)?.cluster;
  if (cluster?.server === undefined) throw new Error(`${path} has no server for cluster ${JSON.stringify(chosen.cluster ?? '')}`);
  const user = config?.users?.find((u) => u.name === chosen.user)?.user ?? {};
  const pem = async (data: string | undefined, file: string | undefined) => {
    if (data !== undefined) return Buffer.from(data, 'base64');
    return file === undefined ? undefined : await readFile(resolve(dirname(path), file));
  };
  const ca = await pem(cluster['certificate-authority-data'], cluster['certificate-authority']);
  const cert = await pem(user['client-certificate-data'], user['client-certificate']);
  const key = await pem(user['client-key-data'], user['client-key']);
  const tokenFile = user.tokenFile;
  return {
    server: cluster.server.replace(/\/+$/, ''),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(user.token === undefined ? {} : { token: user.token }),
    ...(tokenFile === undefined ? {} : { tokenFile: resolve(dirname(path), tokenFile) }),
    ...(cluster['insecure-skip-tls-verify'] === true ? { insecureSkipTlsVerify: true } : {}),
    ...(cluster['tls-server-name'] === undefined ? {} : { tlsServerName: cluster['tls-server-name'] }),
  };
}

/** A transport for a kubeconfig's context, the current one when none is named. Nothing is connected before the first call. */
export async function transportFromKubeconfig(path: string, options: TransportContext & { readonly context?: string }): Promise<Transport> {
  const { context, ...rest } = options;
  return httpsTransport({ ...(await connectionFromKubeconfig(path, context)), ...rest });
}

const serviceAccountDir = '/var/run/secrets/kubernetes.io/serviceaccount';

/** A transport for a program in a Pod: its service account's token, and the address that the environment gives. */
export async function inClusterTransport(
  env: Readonly<Record<string, string | undefined>>,
  options: TransportContext & { readonly directory?: string },
): Promise<Transport> {
  const { directory = serviceAccountDir, ...rest } = options;
  const [host, port] = [env['KUBERNETES_SERVICE_HOST'], env['KUBERNETES_SERVICE_PORT']];
  if (host === undefined || port === undefined) {
    throw new Error('unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined');
  }
  const ca = await readFile(`${directory}/ca.crt`);
  return httpsTransport({ server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`, ca, tokenFile: `${directory}/token`, ...rest });
}
