import { rm } from 'node:fs/promises';
import { type ClusterConfig, files, readClusterConfig } from './cluster-config.ts';
import { cgroupPath, removeCgroup } from './host/cgroup.ts';
import { removeFabric } from './host/fabric.ts';
import { removeNamespaces, removeRunFolder } from './host/namespaces.ts';
import { stopKeeper } from './keeper/keeper-client.ts';
import { removeFromKubeconfig, userKubeconfigPath } from './kubeconfig.ts';

export interface DownOptions {
  readonly name: string;
  readonly dataDir: string;
  /** Also removes the data directory and the kubeconfig context. */
  readonly deleteData: boolean;
}

/**
 * Ends a cluster and removes everything it made on this host: processes, namespaces, the fabric, cgroups. Works from names alone, so also
 * after everything was killed. False where there was no such cluster.
 */
export async function downCluster(options: DownOptions): Promise<boolean> {
  const { name, dataDir } = options;
  const config = readClusterConfig(dataDir);
  const wasRunning = await stopKeeper(files.keeperSocket(dataDir));
  if (process.getuid?.() === 0) await cleanHost(name, dataDir, config);
  if (!options.deleteData) return config !== undefined || wasRunning;
  if (config) await rm(dataDir, { recursive: true, force: true });
  await removeFromKubeconfig(name, userKubeconfigPath());
  return config !== undefined || wasRunning;
}

/** Processes first: namespaces live as long as something runs in them. */
async function cleanHost(name: string, dataDir: string, config: ClusterConfig | undefined): Promise<void> {
  await removeCgroup(cgroupPath(name));
  for (const node of config?.nodes ?? []) await removeNamespaces(name, node);
  await removeFabric(name, dataDir);
  removeRunFolder(name);
}
