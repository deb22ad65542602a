/** ttl-after-finished-controller: deletes finished Jobs whose ttlSecondsAfterFinished has passed. */
import type { Job } from '../api/index.ts';
import { isNotFound, parseTime } from '../apimachinery/index.ts';
import { keyOf } from '../client/index.ts';
import type { Controller } from './controller.ts';

/** When a finished Job may go, in milliseconds; undefined when it has not finished or has no such time. Pure. */
export function expiryMs(job: Job): number | undefined {
  const seconds = job.spec?.ttlSecondsAfterFinished;
  const finished = job.status?.conditions?.find((c) => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True');
  const atMs = parseTime(finished?.lastTransitionTime);
  return seconds === undefined || atMs === undefined || job.metadata?.deletionTimestamp !== undefined ? undefined : atMs + seconds * 1000;
}

export const ttlAfterFinishedController: Controller = {
  name: 'ttl-after-finished-controller',
  serviceAccount: 'ttl-after-finished-controller',
  watches: [{ resource: 'jobs', mapToKey: 'self' }],
  start(context) {
    const jobs = context.lister<Job>('jobs');
    return {
      async reconcile(key, signal) {
        const cached = jobs.get(key);
        const atMs = cached && expiryMs(cached);
        if (cached === undefined || atMs === undefined) return;
        const leftMs = atMs - context.clock.now();
        if (leftMs > 0) return { requeueAfterMs: leftMs };
        const client = context.client.resource<Job>('jobs');
        try {
          // The time may have been raised since the cache saw it.
          const fresh = await client.get(key, { signal });
          const freshMs = expiryMs(fresh);
          if (freshMs === undefined || freshMs > context.clock.now()) return;
          const uid = fresh.metadata?.uid ?? '';
          await client.delete(keyOf(fresh), { propagationPolicy: 'Foreground', preconditions: { uid }, signal });
        } catch (error) {
          if (!isNotFound(error)) throw error;
        }
      },
    };
  },
};
