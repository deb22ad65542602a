import { mkdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import type { Clock, Logger, Rng } from '../../base/index.ts';
import type { Node } from '../../api/index.ts';
import { type Client, createClient, httpsTransport } from '../../client/index.ts';
import { type CriRuntime, pauseImageName } from '../../cri/index.ts';
import {
  delegatedAuthenticator,
  delegatedAuthorizer,
  kubeletPods,
  nodeCredentials,
  type NodeFactsNow,
  readNodeInfo,
  rotateCredentials,
  runKubelet,
  runLogRotation,
  runNodeLease,
  runNodeStatus,
  serveKubelet,
  servingCredentials,
} from '../../kubelet/index.ts';
import { certificateValidityMs, createAuthority, issueCertificate, serverUsages } from '../../pki/index.ts';
import { type Connection, listening } from './connect.ts';

interface KubeletParts {
  readonly nodeName: string;
  /** Where the node's certificates are kept. */
  readonly certDir: string;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

export interface KubeletPartOptions extends KubeletParts {
  /** As `system:node:NAME`. */
  readonly connection: Connection;
  readonly address: string;
  readonly port: number;
  /** Closed at the end. */
  readonly runtime: CriRuntime;
  readonly endpoint: string;
  readonly rootDir: string;
  /** Without leading slash. */
  readonly cgroupParent: string;
  readonly clusterDns: readonly string[];
  readonly clusterDomain: string;
  /** The part of the machine that is this node's, where several nodes live on it. */
  readonly machineShare?: number;
  /** Asked for at the API server and renewed, or made here as upstream's kubelet does by default. */
  readonly serverCertificate: 'requested' | 'self-signed';
  /** Given the node's range of pod addresses; absent = the runtime's network is somebody else's business. */
  readonly configureNetwork?: (podCidr: string) => Promise<void>;
}

const kubeletVersion = 'v1.36.2';
const podsPerNode = 110;

/** The node's own connection, by a certificate that is asked for as the bootstrap user, or kept from before. */
export async function nodeConnection(options: KubeletParts & { readonly bootstrap: Connection }): Promise<Connection> {
  const { bootstrap, certDir, clock, rng } = options;
  const transport = httpsTransport({ ...bootstrap, clock, rng });
  try {
    const identity = await nodeCredentials({ ...options, bootstrap: transport, dir: certDir, ...trusted(bootstrap) });
    const { token: _token, tokenFile: _tokenFile, ...server } = bootstrap;
    return { ...server, ...identity };
  } finally {
    await transport[Symbol.asyncDispose]();
  }
}

function trusted({ ca }: Connection): { readonly ca?: string } {
  return ca === undefined ? {} : { ca: typeof ca === 'string' ? ca : Buffer.from(ca).toString('utf8') };
}

/** A kubelet over a runtime: its Node object, its lease, its pods and its server. Resolves when it serves; what had begun is ended when it rejects. */
export async function runKubeletPart(options: KubeletPartOptions): Promise<{ stop(): Promise<void> }> {
  const { nodeName, address, clock, rng, logger, runtime, port } = options;
  await using parts = new AsyncDisposableStack();
  const ended = new AbortController();
  const signal = AbortSignal.any([options.signal, ended.signal]);
  const userAgent = `kubelet/${kubeletVersion} (linux) kubernetes/kubets`;
  const transport = parts.use(httpsTransport({ ...options.connection, userAgent, clock, rng }));
  parts.defer(() => runtime.close());
  const client = createClient(transport);
  mkdirSync(options.rootDir, { recursive: true, mode: 0o755 });
  const facts = await factsOf(options);
  const status = runNodeStatus({ client, nodeName, facts, clock, rng, logger, signal });
  const loops: Promise<unknown>[] = [status.done];
  parts.defer(async () => {
    ended.abort(new Error('the kubelet ends'));
    await Promise.allSettled(loops);
  });
  await status.registered;
  loops.push(runNodeLease({ client, nodeName, clock, logger, signal }));
  if (options.configureNetwork) await options.configureNetwork(await podCidr(client, options));
  await untilReady(runtime, options);
  status.touch();
  const { allocatable } = await facts();
  const serving = await serverCertificate(client, { ...options, signal });
  const kubelet = await runKubelet({
    ...options,
    client,
    nodeIP: address,
    runtimeEndpoint: options.endpoint,
    nodeAllocatable: allocatable,
    sandboxImage: pauseImageName,
  });
  parts.defer(() => kubelet.stop());
  const tls = (credentials: { readonly cert: string; readonly key: string }) => {
    const { ca: clientCa } = trusted(options.connection);
    return { ...credentials, ...(clientCa === undefined ? {} : { clientCa }) };
  };
  const server = await listening(`${address}:${port}`, () =>
    serveKubelet({
      nodeName,
      listen: { host: address, port },
      tls: tls(serving),
      authenticator: delegatedAuthenticator(client, { clock }),
      authorizer: delegatedAuthorizer(client, { clock }),
      pods: kubeletPods(kubelet),
      runtime,
      clock,
      logger,
    }),
  );
  parts.defer(() => server.close());
  if (options.serverCertificate === 'requested') {
    const renew = () => serverCertificate(client, { ...options, signal, renew: true });
    loops.push(rotateCredentials({ current: serving, renew, onRotated: (c) => server.reloadCertificates(tls(c)), clock, rng, logger, signal }));
  }
  loops.push(runLogRotation({ runtime, clock, logger, signal }));
  status.touch();
  const running = parts.move();
  return { stop: () => running.disposeAsync() };
}

/** What the kubelet's server shows: signed by the cluster, or by an authority of its own that nobody keeps. */
async function serverCertificate(
  client: Client,
  options: KubeletPartOptions & { readonly renew?: boolean },
): Promise<{ readonly cert: string; readonly key: string }> {
  const { address, nodeName, clock } = options;
  if (options.serverCertificate === 'requested') {
    return servingCredentials({ ...options, client, addresses: [address], hostname: nodeName, dir: options.certDir, ...trusted(options.connection) });
  }
  const at = Math.floor(clock.now() / 1000);
  const authority = createAuthority({ commonName: `${nodeName}-ca@${at}`, clock });
  const names = { dnsNames: [nodeName], ipAddresses: [address] };
  const template = { subject: { commonName: `${nodeName}@${at}` }, usages: serverUsages, validityMs: certificateValidityMs, ...names };
  const made = issueCertificate(authority, template, clock);
  return { cert: made.certificatePem, key: made.keyPem };
}

/** What the Node tells: its share of the machine, and whether its runtime and network are ready. */
async function factsOf(options: KubeletPartOptions): Promise<() => Promise<NodeFactsNow & { readonly allocatable: ReadonlyMap<string, number> }>> {
  const { nodeName, address, port, runtime, rootDir, machineShare } = options;
  const version = await runtime.version();
  const info = await readNodeInfo({ runtimeName: version.runtimeName, runtimeVersion: version.runtimeVersion, kubeletVersion, fallbackId: nodeName });
  const share = machineShare ?? 1;
  const disk = await statfs(rootDir);
  const resources = {
    milliCpu: Math.floor(availableParallelism() * 1000 * share),
    memoryBytes: Math.floor(totalmem() * share),
    ephemeralBytes: Math.floor(disk.blocks * disk.bsize * share),
    pods: podsPerNode,
  };
  const allocatable = new Map([
    ['cpu', resources.milliCpu],
    ['memory', resources.memoryBytes],
    ['pods', resources.pods],
  ]);
  return async () => ({
    addresses: [
      { type: 'InternalIP', address },
      { type: 'Hostname', address: nodeName },
    ],
    resources,
    kubeletPort: port,
    info: machineShare === undefined ? info : { ...info, machineID: `${info.machineID}-${nodeName}` },
    images: await imagesOf(runtime),
    notReady: await runtimeProblems(runtime),
    allocatable,
  });
}

async function imagesOf(runtime: CriRuntime): Promise<NonNullable<NodeFactsNow['images']>> {
  const images = await runtime.listImages().catch(() => []);
  return images.map((i) => ({ names: [...i.repoDigests, ...i.repoTags], sizeBytes: i.size }));
}

async function runtimeProblems(runtime: CriRuntime): Promise<string[]> {
  try {
    const { status } = await runtime.status();
    return (status?.conditions ?? [])
      .filter((c) => !c.status)
      .map((c) =>
        c.type === 'NetworkReady'
          ? `container runtime network not ready: NetworkReady=false reason:${c.reason} message:${c.message}`
          : `container runtime not ready: ${c.type}=false reason:${c.reason} message:${c.message}`,
      );
  } catch {
    return ['container runtime is down'];
  }
}

/** The range that node IPAM gives the node. */
async function podCidr(client: Client, { nodeName, clock, signal }: KubeletPartOptions): Promise<string> {
  for (;;) {
    const cidr = (await client.resource<Node>('nodes').get(nodeName)).spec?.podCIDR;
    if (cidr) return cidr;
    await clock.sleep(100, signal);
  }
}

/** The runtime reads its network configuration some time after it was written: worth a short wait, since the next report is 10 s away. */
async function untilReady(runtime: CriRuntime, { clock, signal }: KubeletPartOptions): Promise<void> {
  for (let tries = 0; tries < 100 && (await runtimeProblems(runtime)).length > 0; tries++) await clock.sleep(50, signal);
}
