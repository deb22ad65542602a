/**
 * Calls `run` `count` times in batches of 1, 2, 4, …: when the first of many alike calls fails (a quota, an admission rule), the rest is
 * not tried. Resolves with the number of successes and the first error.
 */
export async function slowStartBatch(
  count: number,
  initialBatch: number,
  run: (index: number) => Promise<void>,
): Promise<{ readonly successes: number; readonly error?: unknown }> {
  let successes = 0;
  for (let batch = Math.min(count, initialBatch), done = 0; batch > 0; batch = Math.min(2 * batch, count - done)) {
    const results = await Promise.allSettled(Array.from({ length: batch }, (_, i) => run(done + i)));
    done += batch;
    const failed = results.find((r) => r.status === 'rejected');
    successes += results.filter((r) => r.status === 'fulfilled').length;
    if (failed !== undefined) return { successes, error: failed.reason };
  }
  return { successes };
}
