import { hostname } from 'node:os';
import type { Clock, Rng } from '../../base/index.ts';
import { type ApiServer, kubeletDialer } from '../../apiserver/index.ts';
import type { DnsServer } from '../../dns/index.ts';
import { openDiskEtcd, openMemoryEtcd } from '../../etcd/index.ts';
import { type Listen, serve, type ServerHandle } from '../../http/index.ts';
import { apiPortInside } from '../api-port.ts';
import { clientCertificate, loadAuthorities, servingCertificate, users } from '../certificates.ts';
import { type ClusterConfig, files } from '../cluster-config.ts';
import { startControlPlane } from '../control-plane.ts';
import { fabricPart, hostAddress, hostLink, serverAddress, syncRoutes } from '../host/fabric.ts';
import { listenInside } from '../host/listen-inside.ts';
import { enter, namespacesOf } from '../host/namespaces.ts';
import { serveHostResolver } from '../host-resolver.ts';
import { followRoutes } from '../route-sync.ts';
import type { Daemon } from './daemon.ts';

/** The control plane of one cluster: the store, the API server on loopback and inside the fabric, controllers, scheduler. Runs until the daemon's signal aborts. */
export async function runServerDaemon(
  config: ClusterConfig,
  options: { readonly daemon: Daemon; readonly entry: string; readonly clock: Clock; readonly rng: Rng },
): Promise<void> {
  const { daemon, clock, rng } = options;
  const { logger } = daemon;
  const hasNodes = config.nodes.length > 0;
  const authorities = await loadAuthorities(files.pki(config.dataDir), clock);
  const serving = servingCertificate(authorities.cluster, { plan: config.network, addresses: [], hostNames: [hostname()], clock });
  const toKubelets = clientCertificate(authorities.cluster, users.kubeletClient, clock);
  const inside = serverAddress(config.network);
  let server: ServerHandle | undefined;
  const fabric = namespacesOf(config.name, fabricPart, 'fabric');
  const openPorts = async (apiServer: ApiServer) => {
    const listen: Listen[] = [{ host: '127.0.0.1', port: config.port }];
    // Opened when it can be served: it accepts from the moment it is here.
    if (hasNodes) listen.push({ server: await listenInside(fabric, { host: inside, port: apiPortInside, entry: options.entry }) });
    return serve({
      handler: apiServer.wireHandler,
      tls: { key: serving.keyPem, cert: serving.certificatePem, clientCa: authorities.cluster.certificatePem },
      listen,
      logger,
    });
  };
  const controlPlane = await startControlPlane({
    etcd: config.inMemory ? openMemoryEtcd({ clock }) : await openDiskEtcd({ dir: files.etcd(config.dataDir), clock, logger }),
    authorities,
    clock,
    rng,
    logger,
    serviceCidr: config.network.serviceCidr,
    clusterCidr: config.network.clusterCidr,
    ...(hasNodes ? { advertise: { address: inside, port: apiPortInside } } : {}),
    kubelet: kubeletDialer({ ca: authorities.cluster.certificatePem, cert: toKubelets.certificatePem, key: toKubelets.keyPem }),
    controllers: true,
    scheduler: true,
    nodes: hasNodes,
    whenServing: async (apiServer) => {
      server = await openPorts(apiServer);
    },
  });
  if (hasNodes) {
    const range = config.network.clusterCidr;
    followRoutes({
      informers: controlPlane.informers,
      apply: async (routes) => {
        await syncRoutes(routes, { range, device: hostLink(config.name) });
        await syncRoutes(routes, { range, device: 'br0', prefix: (...words) => enter(fabric, ...words) });
      },
      logger,
      signal: daemon.signal,
    });
  }
  const resolver = hasNodes && config.egress ? await relayNames(config, { clock, rng, logger }) : undefined;
  logger.info('serving', { port: config.port });
  daemon.ready();
  await new Promise<void>((resolve) => daemon.signal.addEventListener('abort', () => resolve(), { once: true }));
  await resolver?.close();
  await server?.close();
  await controlPlane[Symbol.asyncDispose]();
}

/** Names outside the cluster, for the nodes' DNS servers. Without it they fail, and all else works: another program may hold the port. */
async function relayNames(config: ClusterConfig, io: Parameters<typeof serveHostResolver>[1]): Promise<DnsServer | undefined> {
  try {
    return await serveHostResolver(hostAddress(config.network), io);
  } catch (error) {
    io.logger.warn('names outside the cluster will not resolve', { error });
    return undefined;
  }
}
