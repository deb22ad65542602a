import type { Pod } from '../../api/index.ts';
import { finishedMs } from './model.ts';

const baseMs = 10_000;
const maxMs = 600_000;

interface Record {
  readonly failures: number;
  readonly lastFailureMs: number;
}

/** How long a Job waits before it replaces failed pods: 10 s, doubling with each failure since the last success, up to 10 min. */
export class JobBackoff {
  readonly #records = new Map<string, Record>();

  /** Takes newly finished pods into account, in the order in which they finished. */
  record(job: string, found: { readonly succeeded: readonly Pod[]; readonly failed: readonly Pod[]; readonly nowMs: number }): void {
    const { succeeded, failed, nowMs } = found;
    if (succeeded.length === 0 && failed.length === 0) return;
    const lastSuccessMs = Math.max(0, ...succeeded.map((p) => finishedMs(p, nowMs)));
    const ends = failed.map((p) => finishedMs(p, nowMs));
    const old = this.#records.get(job);
    const later = ends.filter((ms) => ms > lastSuccessMs);
    const before = succeeded.length > 0 ? 0 : (old?.failures ?? 0);
    this.#records.set(job, { failures: before + later.length, lastFailureMs: Math.max(old?.lastFailureMs ?? 0, ...ends, 0) });
  }

  remainingMs(job: string, nowMs: number): number {
    const record = this.#records.get(job);
    if (record === undefined || record.failures === 0) return 0;
    const delay = Math.min(maxMs, baseMs * 2 ** Math.min(record.failures - 1, 30));
    return Math.max(0, record.lastFailureMs + delay - nowMs);
  }

  forget(job: string): void {
    this.#records.delete(job);
  }
}
