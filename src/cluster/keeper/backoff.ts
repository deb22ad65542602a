/** How long to wait before a part that ended is started again: 0.2 s doubling to 30 s; a run of a minute or more starts the count anew. */
export function restartDelayMs(previous: { readonly failures: number; readonly ranForMs: number }): {
  readonly failures: number;
  readonly delayMs: number;
} {
  const failures = previous.ranForMs >= 60_000 ? 0 : previous.failures;
  return { failures: failures + 1, delayMs: Math.min(30_000, 200 * 2 ** failures) };
}
