import type { Clock, Rng } from '../../base/index.ts';
import { createClient, createInformerFactory, transportFromKubeconfig } from '../../client/index.ts';
import { type ClusterConfig, files } from '../cluster-config.ts';
import { dnsPort } from '../dns-addon.ts';
import { hostAddress, nodeAddress, syncRoutes } from '../host/fabric.ts';
import { followRoutes } from '../route-sync.ts';
import type { Daemon } from './daemon.ts';
import { startNodeDns } from './node-dns.ts';
import { runNodeKubelet } from './node-kubelet.ts';
import { runNodeProxy } from './node-proxy.ts';

interface AgentOptions {
  readonly daemon: Daemon;
  readonly node: string;
  readonly clock: Clock;
  readonly rng: Rng;
}

/** What one node runs, inside its namespaces: kubelet, proxy, DNS and the routes to the other nodes. Runs until the daemon's signal aborts. */
export async function runAgentDaemon(config: ClusterConfig, options: AgentOptions): Promise<void> {
  const { daemon, node, clock, rng } = options;
  const { logger, signal } = daemon;
  const address = nodeAddress(config.network, config.nodes.indexOf(node));
  const transport = await transportFromKubeconfig(files.agentKubeconfig(config.dataDir, node, 'proxy'), { clock, rng });
  const informers = createInformerFactory({ client: createClient(transport), clock, rng, logger });
  const proxier = runNodeProxy({ informers, nodeName: node, clusterCidr: config.network.clusterCidr, clock, logger, signal });
  const dns = await startNodeDns({
    informers,
    domain: 'cluster.local',
    address,
    port: dnsPort,
    // The host's resolver may listen on its loopback: the server relays for it at the host's address in the fabric.
    upstreams: config.egress ? [{ address: hostAddress(config.network), port: 53 }] : [],
    clock,
    rng,
    logger,
  });
  followRoutes({
    informers,
    self: node,
    apply: (routes) => syncRoutes(routes, { range: config.network.clusterCidr, device: 'eth0' }),
    logger,
    signal,
  });
  informers.start(signal);
  const kubelet = await runNodeKubelet(config, { ...options, address });
  await proxier.synced;
  daemon.ready();
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  await Promise.allSettled([kubelet.stop(), dns.close(), proxier.done]);
  await transport[Symbol.asyncDispose]();
}
