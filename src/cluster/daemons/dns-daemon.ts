import { createInformerFactory } from '../../client/index.ts';
import type { Upstream } from '../../dns/index.ts';
import { aborted, connectDaemon, listening, type Machinery } from './connect.ts';
import type { Daemon } from './daemon.ts';
import { startNodeDns } from './node-dns.ts';

export interface DnsDaemonOptions extends Machinery {
  readonly daemon: Daemon;
  readonly kubeconfig: string;
  readonly domain: string;
  readonly address: string;
  readonly port: number;
  readonly upstreams: readonly Upstream[];
}

/** The cluster's DNS on its own. It listens once its caches are filled: an early answer would be a wrong NXDOMAIN. */
export async function runDnsDaemon(options: DnsDaemonOptions): Promise<void> {
  const { daemon, clock, rng, domain, address, port, upstreams } = options;
  const { logger, signal } = daemon;
  const { client, transport } = await connectDaemon(options.kubeconfig, { clock, rng, userAgent: 'kubets-dns' });
  const informers = createInformerFactory({ client, clock, rng, logger });
  for (const resource of ['services', 'endpointslices']) informers.informer(resource);
  informers.start(signal);
  await informers.waitForSync(signal).catch(() => {});
  if (!signal.aborted) {
    const open = () => startNodeDns({ informers, domain, address, port, upstreams, clock, rng, logger });
    const server = await listening(`${address}:${port}`, open);
    daemon.ready();
    await aborted(signal);
    await server.close();
  }
  await transport[Symbol.asyncDispose]();
}
