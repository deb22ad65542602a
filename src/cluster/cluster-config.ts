import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeSecretDirectory, writeSecretFile } from '../pki/index.ts';
import type { NetworkPlan } from './network-plan.ts';

/** What a cluster is, decided by its first `up` and kept in its data directory. */
export interface ClusterConfig {
  readonly name: string;
  readonly dataDir: string;
  /** Node names, in order of their addresses. None: an API without nodes. */
  readonly nodes: readonly string[];
  /** On 127.0.0.1. */
  readonly port: number;
  readonly network: NetworkPlan;
  /** Pods may leave the cluster's network. */
  readonly egress: boolean;
  /** Nothing on disk but keys: the objects go with the process. */
  readonly inMemory: boolean;
  /** A CRI socket to use on every node in place of a containerd of its own. */
  readonly containerRuntimeEndpoint?: string;
}

/** Names become folder, cgroup and host names: a DNS label of at most 40 characters. */
export function isClusterName(name: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/.test(name);
}

/** `/var/lib/kubets/NAME` for root, else `~/.local/share/kubets/NAME`. */
export function defaultDataDir(name: string): string {
  return process.getuid?.() === 0 ? join('/var/lib/kubets', name) : join(homedir(), '.local', 'share', 'kubets', name);
}

const fileName = 'cluster.json';

/** The config kept in `dataDir`; undefined where no cluster was made. */
export function readClusterConfig(dataDir: string): ClusterConfig | undefined {
  const file = join(dataDir, fileName);
  return existsSync(file) ? { ...(JSON.parse(readFileSync(file, 'utf8')) as ClusterConfig), dataDir } : undefined;
}

/** Ranges of the clusters whose data lies beside `dataDir`: one that is down now must find its own free when it comes up again. */
export function rangesOfOthers(dataDir: string): string[] {
  const parent = dirname(dataDir);
  const siblings = existsSync(parent) ? readdirSync(parent).map((name) => join(parent, name)) : [];
  return siblings.filter((dir) => dir !== dataDir).flatMap(rangesOf);
}

/** A folder beside ours may be anybody's, and its cluster.json anything. */
function rangesOf(dir: string): string[] {
  try {
    const { nodeCidr, clusterCidr, serviceCidr } = readClusterConfig(dir)?.network ?? {};
    return [nodeCidr, clusterCidr, serviceCidr].filter((cidr) => typeof cidr === 'string');
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'EACCES') return [];
    throw error;
  }
}

export async function writeClusterConfig(config: ClusterConfig): Promise<void> {
  await makeSecretDirectory(config.dataDir);
  await writeSecretFile(join(config.dataDir, fileName), `${JSON.stringify(config, null, 2)}\n`);
}

/** Files below the data directory. */
export const files = {
  pki: (dataDir: string) => join(dataDir, 'pki'),
  etcd: (dataDir: string) => join(dataDir, 'etcd'),
  adminKubeconfig: (dataDir: string) => join(dataDir, 'admin.conf'),
  log: (dataDir: string, part: string) => join(dataDir, 'log', `${part}.log`),
  nodeDir: (dataDir: string, node: string) => join(dataDir, 'nodes', node),
  agentKubeconfig: (dataDir: string, node: string, user: 'bootstrap' | 'proxy') => join(dataDir, 'nodes', node, `${user}.conf`),
  keeperSocket: (dataDir: string) => join(dataDir, 'keeper.sock'),
} as const;
