import { createInformerFactory } from '../../client/index.ts';
import { connectDaemon, type Machinery } from './connect.ts';
import type { Daemon } from './daemon.ts';
import { runNodeProxy } from './node-proxy.ts';

export interface ProxyDaemonOptions extends Machinery {
  readonly daemon: Daemon;
  readonly kubeconfig: string;
  readonly nodeName: string;
  readonly clusterCidr: string;
}

/** kube-proxy on its own, for the network namespace it is started in. Its rules stay when it ends, as upstream's do. */
export async function runProxyDaemon(options: ProxyDaemonOptions): Promise<void> {
  const { daemon, clock, rng, nodeName, clusterCidr } = options;
  const { logger, signal } = daemon;
  const { client, transport } = await connectDaemon(options.kubeconfig, { clock, rng, userAgent: 'kube-proxy' });
  const informers = createInformerFactory({ client, clock, rng, logger });
  const proxier = runNodeProxy({ informers, nodeName, clusterCidr, clock, logger, signal });
  informers.start(signal);
  // Never before the first rules, unless asked to end.
  proxier.synced.then(
    () => daemon.ready(),
    () => {},
  );
  await proxier.done;
  await transport[Symbol.asyncDispose]();
}
