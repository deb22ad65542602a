import { spawn } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { mkdirSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import type { Clock, Rng } from '../base/index.ts';
import type { Node } from '../api/index.ts';
import { createClient, type Client, httpsTransport } from '../client/index.ts';
import { makeSecretDirectory, writeSecretFile } from '../pki/index.ts';
import { apiPortInside } from './api-port.ts';
import { clientCertificate, loadAuthorities, users } from './certificates.ts';
import { type ClusterConfig, files, rangesOfOthers, readClusterConfig, writeClusterConfig } from './cluster-config.ts';
import { dnsPort } from './dns-addon.ts';
import { examine, type Machine } from './doctor.ts';
import { downCluster } from './down.ts';
import { makeFabric, nodeAddress, plugNode, rangesInUse, serverAddress } from './host/fabric.ts';
import { keeperStatus } from './keeper/keeper-client.ts';
import { kubeconfig, kubeconfigText, mergeKubeconfig, userKubeconfigPath } from './kubeconfig.ts';
import { chooseNetworkPlan } from './network-plan.ts';
import { UserError } from './user-error.ts';

export interface UpOptions {
  readonly name: string;
  readonly dataDir: string;
  readonly nodes: number;
  readonly port: number;
  readonly egress: boolean;
  readonly inMemory: boolean;
  readonly containerRuntimeEndpoint?: string;
  /** The script that daemons are started from: the `kubets` command itself. */
  readonly entry: string;
  /** How long to wait until the cluster is usable, in milliseconds. */
  readonly timeoutMs: number;
  readonly machine: Machine;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly progress: (text: string) => void;
}

/** Makes the cluster, or starts it again as it was; resolves when its nodes are Ready and DNS answers. Throws `UserError` for what the user can mend. */
export async function upCluster(options: UpOptions): Promise<ClusterConfig> {
  const known = readClusterConfig(options.dataDir);
  const config = known ?? (await newConfig(options));
  checkMachine(config, options.machine);
  const running = await keeperStatus(files.keeperSocket(config.dataDir));
  if (!running) {
    await checkPort(config.port);
    try {
      options.progress('certificates');
      await prepareCluster(config, options.clock);
      if (config.nodes.length > 0) {
        options.progress(`network for ${config.nodes.length} node${config.nodes.length === 1 ? '' : 's'}`);
        await makeNetwork(config);
      }
    } catch (error) {
      // What was half made goes again, and a cluster that never was leaves no data.
      await downCluster({ name: config.name, dataDir: config.dataDir, deleteData: known === undefined });
      throw error;
    }
    startKeeper(config, options.entry);
  }
  await waitUntilUsable(config, options);
  const admin = await adminKubeconfig(config, options.clock);
  await mergeKubeconfig(admin, userKubeconfigPath());
  return config;
}

async function newConfig(options: UpOptions): Promise<ClusterConfig> {
  const used = options.nodes > 0 && options.machine.isRoot ? [...(await rangesInUse()), ...rangesOfOthers(options.dataDir)] : [];
  return {
    name: options.name,
    dataDir: options.dataDir,
    nodes: Array.from({ length: options.nodes }, (_, i) => `${options.name}-${i + 1}`),
    port: options.port,
    network: chooseNetworkPlan(used),
    egress: options.egress,
    inMemory: options.inMemory,
    ...(options.containerRuntimeEndpoint === undefined ? {} : { containerRuntimeEndpoint: options.containerRuntimeEndpoint }),
  };
}

function checkMachine(config: ClusterConfig, machine: Machine): void {
  if (config.nodes.length === 0) return;
  const [first, ...others] = examine(machine, { ownRuntime: config.containerRuntimeEndpoint === undefined });
  if (!first) return;
  const more = others.length === 0 ? '' : ` (and ${others.length} more: kubets doctor)`;
  throw new UserError(`${first.missing} is missing: ${first.mend}${more}`);
}

function checkPort(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new UserError(`port ${port} is in use: choose another with --port`) : error),
    );
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve()));
  });
}

/** Writes what a cluster's processes find in the data directory: its config, keys and kubeconfigs. Resolves with an administrator's credentials. */
export async function prepareCluster(
  config: ClusterConfig,
  clock: Clock,
): Promise<{ readonly ca: string; readonly cert: string; readonly key: string }> {
  await writeClusterConfig(config);
  const authorities = await loadAuthorities(files.pki(config.dataDir), clock);
  await writeSecretFile(files.adminKubeconfig(config.dataDir), kubeconfigText(await adminKubeconfig(config, clock)));
  for (const node of config.nodes) {
    await makeSecretDirectory(files.nodeDir(config.dataDir, node));
    for (const user of ['bootstrap', 'proxy'] as const) {
      const { certificatePem, keyPem } = clientCertificate(authorities.cluster, user === 'bootstrap' ? users.nodeBootstrap : users.proxy, clock);
      const server = `https://${serverAddress(config.network)}:${apiPortInside}`;
      const text = kubeconfigText(
        kubeconfig({ name: config.name, server, ca: authorities.cluster.certificatePem, cert: certificatePem, key: keyPem }),
      );
      await writeSecretFile(files.agentKubeconfig(config.dataDir, node, user), text);
    }
  }
  const admin = clientCertificate(authorities.cluster, users.admin, clock);
  return { ca: authorities.cluster.certificatePem, cert: admin.certificatePem, key: admin.keyPem };
}

async function adminKubeconfig(config: ClusterConfig, clock: Clock): Promise<ReturnType<typeof kubeconfig>> {
  const authorities = await loadAuthorities(files.pki(config.dataDir), clock);
  const { certificatePem, keyPem } = clientCertificate(authorities.cluster, users.admin, clock);
  return kubeconfig({
    name: config.name,
    server: `https://127.0.0.1:${config.port}`,
    ca: authorities.cluster.certificatePem,
    cert: certificatePem,
    key: keyPem,
  });
}

/** Makes the fabric and the nodes' namespaces, as far as they are missing. */
export async function makeNetwork(config: ClusterConfig): Promise<void> {
  const fabric = { cluster: config.name, plan: config.network, egress: config.egress, dataDir: config.dataDir };
  // The node that the route to ClusterIPs goes by must be there for the route to be accepted: the bridge first, then the nodes.
  await makeFabric(fabric);
  for (const [index, node] of config.nodes.entries()) await plugNode(fabric, node, index);
}

function startKeeper(config: ClusterConfig, entry: string): void {
  const logFile = files.log(config.dataDir, 'keeper');
  mkdirSync(dirname(logFile), { recursive: true, mode: 0o700 });
  const log = openSync(logFile, 'a', 0o600);
  spawn(process.execPath, [entry, 'internal-keeper', '--data-dir', config.dataDir], { detached: true, stdio: ['ignore', log, log] }).unref();
}

async function waitUntilUsable(config: ClusterConfig, options: UpOptions): Promise<void> {
  const { clock, rng } = options;
  const deadlineMs = clock.monotonicMs() + options.timeoutMs;
  const authorities = await loadAuthorities(files.pki(config.dataDir), clock);
  const { certificatePem, keyPem } = clientCertificate(authorities.cluster, users.admin, clock);
  const transport = httpsTransport({
    timeoutMs: 2_000,
    server: `https://127.0.0.1:${config.port}`,
    ca: authorities.cluster.certificatePem,
    cert: certificatePem,
    key: keyPem,
    clock,
    rng,
  });
  const client = createClient(transport);
  const until = async (what: string, holds: () => Promise<boolean>) => {
    options.progress(what);
    for (;;) {
      if (await holds().catch(() => false)) return;
      await checkParts(config);
      if (clock.monotonicMs() > deadlineMs)
        throw new UserError(`gave up waiting for: ${what}. Logs are in ${dirname(files.log(config.dataDir, 'server'))}`);
      await clock.sleep(100);
    }
  };
  try {
    await until('API server', () => isReady(client));
    await until(`${config.nodes.length} node${config.nodes.length === 1 ? '' : 's'} Ready`, async () => {
      const { items } = await client.resource<Node>('nodes').list();
      const ready = items
        .filter((n) => n.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'))
        .map((n) => n.metadata?.name ?? '');
      return config.nodes.every((name) => ready.includes(name));
    });
    for (const index of config.nodes.keys()) await until(`DNS on ${config.nodes[index]}`, () => dnsAnswers(nodeAddress(config.network, index)));
  } finally {
    await transport[Symbol.asyncDispose]();
  }
}

/** A part that keeps ending will not become ready by waiting. */
async function checkParts(config: ClusterConfig): Promise<void> {
  const parts = (await keeperStatus(files.keeperSocket(config.dataDir))) ?? [];
  const failing = parts.find((p) => p.restarts >= 5);
  if (failing)
    throw new UserError(`${failing.name} keeps ending (${failing.lastExit ?? ''}). Logs are in ${dirname(files.log(config.dataDir, 'server'))}`);
}

async function isReady(client: Client): Promise<boolean> {
  const text = await client.transport.open({ method: 'GET', path: '/readyz' });
  text.resume();
  return true;
}

async function dnsAnswers(address: string): Promise<boolean> {
  const resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([`${address}:${dnsPort}`]);
  return (await resolver.resolve4('kubernetes.default.svc.cluster.local')).length === 1;
}

export const defaultUpTimeoutMs = 180_000;
