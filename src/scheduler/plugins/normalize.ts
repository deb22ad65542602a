/** The node score that plugins agree on: 0 to 100. */
export const maxNodeScore = 100;

/** Scales to 0…100 by the highest score. */
export function normalizeToMax(scores: number[]): void {
  const max = Math.max(0, ...scores);
  for (const [i, score] of scores.entries()) scores[i] = max === 0 ? 0 : Math.floor((score * maxNodeScore) / max);
}

/** As `normalizeToMax`, where less is better. */
export function normalizeReversed(scores: number[]): void {
  const max = Math.max(0, ...scores);
  for (const [i, score] of scores.entries()) scores[i] = max === 0 ? maxNodeScore : maxNodeScore - Math.floor((score * maxNodeScore) / max);
}
