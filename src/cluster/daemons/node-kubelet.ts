import { join } from 'node:path';
import type { Clock, Rng } from '../../base/index.ts';
import { findContainerdBinaries, writeCniConfig } from '../../cri/index.ts';
import { type ClusterConfig, files } from '../cluster-config.ts';
import { cgroupPath } from '../host/cgroup.ts';
import { dnsServiceIP } from '../dns-addon.ts';
import { connectionOf } from './connect.ts';
import type { Daemon } from './daemon.ts';
import { nodeConnection, runKubeletPart } from './kubelet-part.ts';
import { cniConfDir, containerdState, openNodeRuntime } from './node-runtime.ts';

interface NodeOptions {
  readonly daemon: Daemon;
  readonly node: string;
  readonly address: string;
  readonly clock: Clock;
  readonly rng: Rng;
}

const kubeletPort = 10_250;

/** The kubelet of one local node, with its runtime and its network. */
export async function runNodeKubelet(config: ClusterConfig, options: NodeOptions): Promise<{ stop(): Promise<void> }> {
  const { daemon, node, address, clock, rng } = options;
  const { signal } = daemon;
  const logger = daemon.logger.child({ component: 'kubelet' });
  const { runtime, endpoint, release } = await openNodeRuntime(config, node, { clock, rng, logger });
  const dir = files.nodeDir(config.dataDir, node);
  const common = { nodeName: node, certDir: join(dir, 'pki'), clock, rng, logger, signal };
  const bootstrap = await connectionOf(files.agentKubeconfig(config.dataDir, node, 'bootstrap'));
  const kubelet = await runKubeletPart({
    ...common,
    connection: await nodeConnection({ ...common, bootstrap }),
    address,
    port: kubeletPort,
    runtime,
    endpoint,
    rootDir: join(dir, 'kubelet'),
    cgroupParent: cgroupPath(config.name, node),
    clusterDns: [dnsServiceIP(config.network.serviceCidr)],
    clusterDomain: 'cluster.local',
    machineShare: 1 / Math.max(1, config.nodes.length),
    serverCertificate: 'requested',
    configureNetwork: (podCidr) => configureNetwork(config, node, podCidr),
  });
  return {
    async stop() {
      await kubelet.stop();
      release();
    },
  };
}

async function configureNetwork(config: ClusterConfig, node: string, cidr: string): Promise<void> {
  const binaries = findContainerdBinaries(`${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`);
  // Addresses given out are kept with the running state: they end with it.
  await Promise.resolve(
    writeCniConfig({
      confDir: cniConfDir(config, node),
      ...(binaries ? { binDir: binaries.cniBinDir } : {}),
      podCidr: cidr,
      bridge: 'cni0',
      mtu: 1500,
      dataDir: join(containerdState(config, node), 'ipam'),
    }),
  );
}
