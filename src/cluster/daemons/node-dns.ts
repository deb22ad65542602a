import type { Clock, Logger, Rng } from '../../base/index.ts';
import type { InformerFactory } from '../../client/index.ts';
import { createForwarder, type DnsServer, informerView, serveDns, type Upstream } from '../../dns/index.ts';

/** The cluster's names at one address, over caches that the caller starts. Without `upstreams` other names are refused. */
export function startNodeDns(options: {
  readonly informers: InformerFactory;
  readonly domain: string;
  readonly address: string;
  readonly port: number;
  readonly upstreams: readonly Upstream[];
  readonly clock: Clock;
  readonly rng: Rng;
  readonly logger: Logger;
}): Promise<DnsServer> {
  const { upstreams, clock, rng } = options;
  return serveDns({
    view: informerView(options.informers),
    domain: options.domain,
    address: options.address,
    port: options.port,
    ...(upstreams.length > 0 ? { forwarder: createForwarder({ upstreams, clock, rng }) } : {}),
    logger: options.logger.child({ component: 'dns' }),
  });
}
