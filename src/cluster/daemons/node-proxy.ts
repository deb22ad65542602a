import type { Clock, Logger } from '../../base/index.ts';
import type { InformerFactory } from '../../client/index.ts';
import { forgetFlows, openNft, type Proxier, runProxier } from '../../proxy/index.ts';

/** Service traffic of the node in whose network namespace this process runs, over caches that the caller starts. */
export function runNodeProxy(options: {
  readonly informers: InformerFactory;
  readonly nodeName: string;
  readonly clusterCidr: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}): Proxier {
  const logger = options.logger.child({ component: 'proxy' });
  return runProxier({ ...options, logger, nft: openNft({ clock: options.clock }), forgetFlows: (flows) => forgetFlows(flows, { logger }) });
}
