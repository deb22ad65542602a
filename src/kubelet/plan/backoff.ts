/** Waits by key that double from `initialMs` to `maxMs`, and start over after a quiet time of twice `maxMs` (upstream's flowcontrol.Backoff). */
export class KeyedBackoff {
  readonly #initialMs: number;
  readonly #maxMs: number;
  readonly #entries = new Map<string, { readonly waitMs: number; readonly updatedMs: number }>();

  constructor(options: { readonly initialMs: number; readonly maxMs: number }) {
    this.#initialMs = options.initialMs;
    this.#maxMs = options.maxMs;
  }

  /** A failure more, at `nowMs`. */
  next(key: string, nowMs: number): void {
    const entry = this.#entries.get(key);
    const waitMs = entry && !this.#expired(entry.updatedMs, nowMs) ? Math.min(entry.waitMs * 2, this.#maxMs) : this.#initialMs;
    this.#entries.set(key, { waitMs, updatedMs: nowMs });
  }

  /** The whole wait in force, 0 for none. */
  waitMs(key: string): number {
    return this.#entries.get(key)?.waitMs ?? 0;
  }

  /** What is left of the wait at `nowMs`, counted from `sinceMs` (when the thing failed), or from the last failure told. */
  remainingMs(key: string, nowMs: number, sinceMs?: number): number {
    const entry = this.#entries.get(key);
    if (!entry) return 0;
    const from = sinceMs ?? entry.updatedMs;
    if (this.#expired(from, nowMs)) return 0;
    return Math.max(0, from + entry.waitMs - nowMs);
  }

  /** Forgets all keys that begin with `prefix`. */
  forget(prefix: string): void {
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.#entries.delete(key);
  }

  #expired(updatedMs: number, nowMs: number): boolean {
    return nowMs - updatedMs > this.#maxMs * 2;
  }
}
