import { statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Clock, Rng } from '../../base/index.ts';
import type { Node } from '../../api/index.ts';
import { type Client, connectionFromKubeconfig, createClient, httpsTransport } from '../../client/index.ts';
import { type CriRuntime, findContainerdBinaries, writeCniConfig } from '../../cri/index.ts';
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
import { type ClusterConfig, files } from '../cluster-config.ts';
import { cgroupPath } from '../host/cgroup.ts';
import { dnsServiceIP } from '../dns-addon.ts';
import type { Daemon } from './daemon.ts';
import { cniConfDir, containerdState, openNodeRuntime } from './node-runtime.ts';

interface NodeOptions {
  readonly daemon: Daemon;
  readonly node: string;
  readonly address: string;
  readonly clock: Clock;
  readonly rng: Rng;
}

const kubeletVersion = 'v1.36.2';
const podsPerNode = 110;
const kubeletPort = 10_250;

/** The kubelet of one local node: its runtime, its identity, its Node object, and its server. */
export async function runNodeKubelet(config: ClusterConfig, options: NodeOptions): Promise<{ stop(): Promise<void> }> {
  const { daemon, node, address, clock, rng } = options;
  const { signal } = daemon;
  const logger = daemon.logger.child({ component: 'kubelet' });
  const { runtime, endpoint, release } = await openNodeRuntime(config, node, { clock, rng, logger });
  const dir = files.nodeDir(config.dataDir, node);
  const connection = await connectionFromKubeconfig(files.agentKubeconfig(config.dataDir, node, 'bootstrap'));
  const ca = String(connection.ca);
  const credentialOptions = { dir: join(dir, 'pki'), nodeName: node, ca, clock, rng, logger, signal };
  const bootstrap = httpsTransport({ ...connection, clock, rng });
  const identity = await nodeCredentials({ bootstrap, ...credentialOptions });
  await bootstrap[Symbol.asyncDispose]();
  const transport = httpsTransport({ server: connection.server, ca, ...identity, userAgent: `kubelet/${kubeletVersion} (linux) kubernetes/kubets`, clock, rng });
  const client = createClient(transport);
  const facts = await factsOf(config, { ...options, runtime });
  const status = runNodeStatus({ client, nodeName: node, facts, clock, rng, logger, signal });
  await status.registered;
  const lease = runNodeLease({ client, nodeName: node, clock, logger, signal });
  await configureNetwork(config, node, await podCidr(client, options));
  await untilReady(runtime, options);
  status.touch();
  const serving = await servingCredentials({ client, addresses: [address], hostname: node, ...credentialOptions });
  const { allocatable } = await facts();
  const kubelet = await runKubelet({
    client,
    nodeName: node,
    nodeIP: address,
    runtime,
    runtimeEndpoint: endpoint,
    rootDir: join(dir, 'kubelet'),
    cgroupParent: cgroupPath(config.name, node),
    nodeAllocatable: allocatable,
    clusterDns: [dnsServiceIP(config.network.serviceCidr)],
    clusterDomain: 'cluster.local',
    clock,
    rng,
    logger,
  });
  const server = await serveKubelet({
    nodeName: node,
    listen: { host: address, port: kubeletPort },
    tls: { ...serving, clientCa: ca },
    authenticator: delegatedAuthenticator(client, { clock }),
    authorizer: delegatedAuthorizer(client, { clock }),
    pods: kubeletPods(kubelet),
    runtime,
    clock,
    logger,
  });
  const rotation = rotateCredentials({
    current: serving,
    renew: () => servingCredentials({ client, addresses: [address], hostname: node, ...credentialOptions, renew: true }),
    onRotated: (c) => server.reloadCertificates({ ...c, clientCa: ca }),
    clock,
    rng,
    logger,
    signal,
  });
  const logs = runLogRotation({ runtime, clock, logger, signal });
  status.touch();
  return {
    async stop() {
      await server.close();
      await kubelet.stop();
      await Promise.allSettled([status.done, lease, rotation, logs]);
      release();
      runtime.close();
      await transport[Symbol.asyncDispose]();
    },
  };
}

/** What the Node tells: its share of the machine, and whether its runtime and network are ready. */
async function factsOf(config: ClusterConfig, { node, address, runtime }: NodeOptions & { readonly runtime: CriRuntime }): Promise<() => Promise<NodeFactsNow & { readonly allocatable: ReadonlyMap<string, number> }>> {
  const version = await runtime.version();
  const info = await readNodeInfo({ runtimeName: version.runtimeName, runtimeVersion: version.runtimeVersion, kubeletVersion, fallbackId: node });
  const share = Math.max(1, config.nodes.length);
  const disk = await statfs(files.nodeDir(config.dataDir, node));
  const resources = {
    milliCpu: Math.floor((availableParallelism() * 1000) / share),
    memoryBytes: Math.floor(totalmem() / share),
    ephemeralBytes: Math.floor((disk.blocks * disk.bsize) / share),
    pods: podsPerNode,
  };
  const allocatable = new Map([
    ['cpu', resources.milliCpu],
    ['memory', resources.memoryBytes],
  ]);
  return async () => ({
    addresses: [
      { type: 'InternalIP', address },
      { type: 'Hostname', address: node },
    ],
    resources,
    info: { ...info, machineID: `${info.machineID}-${node}` },
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
    return (status?.conditions ?? []).filter((c) => !c.status).map((c) => (c.type === 'NetworkReady' ? `container runtime network not ready: NetworkReady=false reason:${c.reason} message:${c.message}` : `container runtime not ready: ${c.type}=false reason:${c.reason} message:${c.message}`));
  } catch {
    return ['container runtime is down'];
  }
}

/** The range that node IPAM gives the node. */
async function podCidr(client: Client, { node, clock, daemon }: NodeOptions): Promise<string> {
  for (;;) {
    const cidr = (await client.resource<Node>('nodes').get(node)).spec?.podCIDR;
    if (cidr) return cidr;
    await clock.sleep(100, daemon.signal);
  }
}

/** The runtime reads its network configuration some time after it was written: worth a short wait, since the next report is 10 s away. */
async function untilReady(runtime: CriRuntime, { clock, daemon }: NodeOptions): Promise<void> {
  for (let tries = 0; tries < 100 && (await runtimeProblems(runtime)).length > 0; tries++) await clock.sleep(50, daemon.signal);
}

async function configureNetwork(config: ClusterConfig, node: string, cidr: string): Promise<void> {
  const binaries = findContainerdBinaries(`${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`);
  // Addresses given out are kept with the running state: they end with it.
  await Promise.resolve(
    writeCniConfig({ confDir: cniConfDir(config, node), ...(binaries ? { binDir: binaries.cniBinDir } : {}), podCidr: cidr, bridge: 'cni0', mtu: 1500, dataDir: join(containerdState(config, node), 'ipam') }),
  );
}
