import { hostname } from 'node:os';
import type { Clock, Logger, Rng } from '../../base/index.ts';
import { type Client, createEventRecorder, type ElectionTimings, runLeaderElection } from '../../client/index.ts';

export interface LeadingOptions {
  /** Also the name of the Lease in kube-system. */
  readonly name: string;
  /** `source.component` of the event `LeaderElection`. */
  readonly eventComponent: string;
  /** Absent = leads at once, without a lease: `--leader-elect=false`. */
  readonly election: ElectionTimings | undefined;
  readonly client: Client;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** How a daemon ended: as asked, or because another leads now, which its process answers with exit code 1. */
export type DaemonEnd = 'stopped' | 'leadership lost';

/** Runs `lead` while this process holds the lease. */
export async function whileLeading(options: LeadingOptions, lead: (signal: AbortSignal) => Promise<void>): Promise<DaemonEnd> {
  const { name, election, client, clock, rng, logger, signal } = options;
  if (election === undefined) {
    await lead(signal);
    return 'stopped';
  }
  const identity = `${hostname()}_${rng.uuid()}`;
  const recorder = createEventRecorder({ client, component: options.eventComponent, clock, logger, signal });
  await runLeaderElection(
    {
      client,
      clock,
      rng,
      logger,
      recorder,
      identity,
      lease: { namespace: 'kube-system', name },
      timings: election,
      onNewLeader: (leader) => logger.info('new leader elected', { leader, self: leader === identity }),
      signal,
    },
    lead,
  );
  if (signal.aborted) return 'stopped';
  logger.error('leader election lost');
  return 'leadership lost';
}
