/** Sets of completion indexes, written as `0-3,5`. */

/** Reads such a text; what cannot be read, or lies outside of [0, completions), is left out. */
export function parseIndexes(text: string | undefined, completions: number): Set<number> {
  const found = new Set<number>();
  for (const part of (text ?? '').split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part.trim());
    if (match === null) continue;
    const last = Math.min(Number(match[2] ?? match[1]), completions - 1);
    for (let i = Number(match[1]); i <= last; i++) found.add(i);
  }
  return found;
}

/** The text of a set: runs of three and more as `a-b`, also runs of two as `a,b`. */
export function formatIndexes(indexes: ReadonlySet<number>): string {
  const sorted = [...indexes].toSorted((a, b) => a - b);
  const parts: string[] = [];
  for (let i = 0; i < sorted.length;) {
    let j = i;
    while (j + 1 < sorted.length && sorted[j + 1] === sorted[j]! + 1) j++;
    parts.push(j === i ? `${sorted[i]}` : j === i + 1 ? `${sorted[i]},${sorted[j]}` : `${sorted[i]}-${sorted[j]}`);
    i = j + 1;
  }
  return parts.join(',');
}

/** The first `count` indexes below `completions` that are in none of the sets. */
export function firstPending(count: number, completions: number, taken: readonly ReadonlySet<number>[]): readonly number[] {
  const found: number[] = [];
  for (let i = 0; i < completions && found.length < count; i++) if (!taken.some((s) => s.has(i))) found.push(i);
  return found;
}
