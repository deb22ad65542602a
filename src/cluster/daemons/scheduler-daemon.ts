import { createInformerFactory, type ElectionTimings } from '../../client/index.ts';
import { runSchedulerPart, schedulerComponent } from '../scheduler-part.ts';
import { connectDaemon, type Machinery } from './connect.ts';
import type { Daemon } from './daemon.ts';
import { type DaemonEnd, whileLeading } from './leading.ts';

export interface SchedulerDaemonOptions extends Machinery {
  readonly daemon: Daemon;
  readonly kubeconfig: string;
  /** Absent = no election. */
  readonly election: ElectionTimings | undefined;
}

/** A scheduler on its own. As upstream's, one that waits to lead keeps its caches warm already. */
export async function runSchedulerDaemon(options: SchedulerDaemonOptions): Promise<DaemonEnd> {
  const { daemon, clock, rng, election } = options;
  const { logger } = daemon;
  const { client, transport } = await connectDaemon(options.kubeconfig, { clock, rng, userAgent: 'kube-scheduler' });
  const ended = new AbortController();
  const informers = createInformerFactory({ client, clock, rng, logger });
  for (const resource of ['pods', 'nodes']) informers.informer(resource);
  informers.start(AbortSignal.any([daemon.signal, ended.signal]));
  daemon.ready();
  const parts = { client, clock, rng, logger };
  const leading = { ...parts, name: 'kube-scheduler', eventComponent: schedulerComponent, election, signal: daemon.signal };
  const end = await whileLeading(leading, (signal) => runSchedulerPart({ ...parts, informers, signal }));
  ended.abort(new Error('the scheduler ends'));
  await transport[Symbol.asyncDispose]();
  return end;
}
