/** Delays between restarts of a container that keeps ending: 10 s doubling to 5 min; a run of 10 min starts the count anew (upstream's figures). */
const initialMs = 10_000;
const maxMs = 300_000;
const resetMs = 2 * maxMs;

interface Entry {
  readonly delayMs: number;
  readonly lastMs: number;
}

/** Back-off by key. Pure but for what it remembers; time comes in. */
export class Backoff {
  readonly #entries = new Map<string, Entry>();

  /** Milliseconds to wait before the next try after an end at `endedMs`; 0 when it may be tried now. */
  remaining(key: string, endedMs: number, nowMs: number): number {
    const entry = this.#entries.get(key);
    if (!entry || endedMs - entry.lastMs > resetMs) return 0;
    return Math.max(0, endedMs + entry.delayMs - nowMs);
  }

  delayOf(key: string): number {
    return this.#entries.get(key)?.delayMs ?? 0;
  }

  /** A try is made now: the next one after a failure waits longer. */
  next(key: string, nowMs: number): void {
    const entry = this.#entries.get(key);
    const delayMs = !entry || nowMs - entry.lastMs > resetMs + entry.delayMs ? initialMs : Math.min(maxMs, entry.delayMs * 2);
    this.#entries.set(key, { delayMs, lastMs: nowMs });
  }

  forget(prefix: string): void {
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.#entries.delete(key);
  }
}

/** Go's way to print a whole number of seconds: `10s`, `1m20s`, `5m0s`. */
export function goSeconds(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

/** Go's way to print a time of whole milliseconds: `950ms`, `1.25s`, `2m3.004s`. */
export function goMilliseconds(ms: number): string {
  const whole = Math.trunc(ms);
  if (whole < 1000) return `${whole}ms`;
  const minutes = Math.floor(whole / 60_000);
  const seconds = `${(whole % 60_000) / 1000}s`;
  return minutes === 0 ? seconds : minutes < 60 ? `${minutes}m${seconds}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`;
}
