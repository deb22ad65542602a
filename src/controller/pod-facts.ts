import type { Pod } from '../api/index.ts';

/** An RFC 3339 time in milliseconds; undefined when absent. */
export function timeMs(time: string | null | undefined): number | undefined {
  return time === undefined || time === null ? undefined : Date.parse(time);
}

/** Restarts of the container that restarted most. */
export function maxRestarts(pod: Pod): number {
  return Math.max(0, ...(pod.status?.containerStatuses ?? []).map((s) => s.restartCount));
}
