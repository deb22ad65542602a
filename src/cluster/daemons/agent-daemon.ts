import type { Clock, Rng } from '../../base/index.ts';
import { createClient, createInformerFactory, type InformerFactory, transportFromKubeconfig } from '../../client/index.ts';
import { createForwarder, informerView, serveDns } from '../../dns/index.ts';
import { forgetFlows, openNft, runProxier } from '../../proxy/index.ts';
import { type ClusterConfig, files } from '../cluster-config.ts';
import { dnsPort } from '../dns-addon.ts';
import { hostAddress, nodeAddress, syncRoutes } from '../host/fabric.ts';
import { followRoutes } from '../route-sync.ts';
import type { Daemon } from './daemon.ts';
import { runNodeKubelet } from './node-kubelet.ts';

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
  const proxier = runProxier({
    informers,
    nodeName: node,
    clusterCidr: config.network.clusterCidr,
    nft: openNft({ clock }),
    forgetFlows: (flows) => forgetFlows(flows, { logger }),
    clock,
    logger: logger.child({ component: 'proxy' }),
    signal,
  });
  const dns = await startDns(config, { ...options, informers, address });
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

async function startDns(config: ClusterConfig, options: AgentOptions & { readonly informers: InformerFactory; readonly address: string }) {
  const { clock, rng, daemon } = options;
  const view = informerView(options.informers);
  // The host's resolver may listen on its loopback: the server relays for it at the host's address in the fabric.
  const upstreams = [{ address: hostAddress(config.network), port: 53 }];
  return serveDns({
    view,
    domain: 'cluster.local',
    address: options.address,
    port: dnsPort,
    ...(config.egress ? { forwarder: createForwarder({ upstreams, clock, rng }) } : {}),
    logger: daemon.logger.child({ component: 'dns' }),
  });
}
