import { createInformerFactory, type ElectionTimings } from '../../client/index.ts';
import { type ControllerConfig, createControllers, runControllers } from '../../controller/index.ts';
import { connectDaemon, type Machinery } from './connect.ts';
import { accountClients } from './account-clients.ts';
import type { Daemon } from './daemon.ts';
import { type DaemonEnd, whileLeading } from './leading.ts';

export interface ControllerManagerDaemonOptions extends Machinery {
  readonly daemon: Daemon;
  readonly kubeconfig: string;
  /** Absent = no election. */
  readonly election: ElectionTimings | undefined;
  readonly config: ControllerConfig;
  /** Which controllers; all when absent. */
  readonly names?: readonly string[];
  /** Each controller acts as its own service account; else all as who the kubeconfig says, who then needs all their rights. */
  readonly useServiceAccountCredentials: boolean;
}

const name = 'kube-controller-manager';

/** The controllers on their own, in one process. */
export async function runControllerManagerDaemon(options: ControllerManagerDaemonOptions): Promise<DaemonEnd> {
  const { daemon, clock, rng, election } = options;
  const { logger } = daemon;
  const { client, transport, connection } = await connectDaemon(options.kubeconfig, { clock, rng, userAgent: name });
  daemon.ready();
  const leading = { client, clock, rng, logger, name, eventComponent: name, election, signal: daemon.signal };
  const end = await whileLeading(leading, async (signal) => {
    const accounts = options.useServiceAccountCredentials ? accountClients({ connection, client, clock, rng }) : undefined;
    const informers = createInformerFactory({ client, clock, rng, logger });
    const running = runControllers({
      controllers: createControllers(options.config, options.names),
      clientFor: (account) => accounts?.clientFor(account) ?? client,
      informers,
      clock,
      rng,
      logger,
      signal,
    });
    informers.start(signal);
    await running;
    await accounts?.close();
  });
  await transport[Symbol.asyncDispose]();
  return end;
}
