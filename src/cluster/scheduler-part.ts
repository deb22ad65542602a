import type { Clock, Logger, Rng } from '../base/index.ts';
import { type Client, createEventRecorder, type InformerFactory } from '../client/index.ts';
import { inTreePlugins, runScheduler } from '../scheduler/index.ts';

/** The component of the scheduler's events. */
export const schedulerComponent = 'default-scheduler';

/** The scheduler with its events, over caches that the caller starts. Resolves when the signal has aborted and all bindings have ended. */
export function runSchedulerPart(options: {
  readonly client: Client;
  readonly informers: InformerFactory;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { client, clock, logger, signal } = options;
  const recorder = createEventRecorder({ client, component: schedulerComponent, clock, logger, signal });
  return runScheduler({ ...options, recorder, plugins: inTreePlugins, logger: logger.child({ component: 'scheduler' }) }).done;
}
