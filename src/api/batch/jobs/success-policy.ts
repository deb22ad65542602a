import type { Checks } from '../../helpers/validation/checks.ts';
import type { JobSpec } from '../../types.gen.ts';

const maxIndexesLength = 65536;

/** How many indexes `1,3-5` names; a text that says what is wrong with it otherwise. */
export function countIndexes(text: string, completions: number): number | string {
  if (text === '') return 0;
  let last = -1;
  let count = 0;
  for (const part of text.split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part);
    if (!match) return `cannot convert string to integer for index: ${JSON.stringify(part.split('-').find((x) => !/^\d+$/.test(x)) ?? part)}`;
    const from = Number(match[1]);
    const to = match[2] === undefined ? from : Number(match[2]);
    if (to >= completions) return `too large index: ${JSON.stringify(String(to))}`;
    if (from <= last) return `non-increasing order, previous: ${last}, current: ${from}`;
    if (match[2] !== undefined && to <= from) return `non-increasing order, previous: ${from}, current: ${to}`;
    last = to;
    count += to - from + 1;
  }
  return count;
}

/** When an indexed job is done early. */
export function checkSuccessPolicy(c: Checks, spec: JobSpec, path: string): void {
  const policy = spec.successPolicy;
  if (!policy) return;
  const at = `${path}.successPolicy`;
  if (spec.completionMode !== 'Indexed') return c.invalid([at, ''], policy, 'requires indexed completion mode');
  const rules = policy.rules ?? [];
  if (rules.length === 0) c.required(at, 'rules', 'at least one rules must be specified when the successPolicy is specified');
  c.atMost(rules, 20, at, 'rules');
  const completions = spec.completions ?? 0;
  for (const [i, rule] of rules.entries()) {
    const where = `rules[${i}]`;
    const { succeededCount, succeededIndexes } = rule;
    if (succeededCount === undefined && succeededIndexes === undefined) {
      c.required(at, where, 'at least one of succeededCount or succeededIndexes must be specified');
    }
    let named = completions;
    if (succeededIndexes !== undefined) {
      if (succeededIndexes.length > maxIndexesLength) c.tooLong(at, `${where}.succeededIndexes`, maxIndexesLength);
      const count = countIndexes(succeededIndexes, completions);
      if (typeof count === 'string') c.invalid([at, `${where}.succeededIndexes`], succeededIndexes, `error parsing succeededIndexes: ${count}`);
      else named = count;
    }
    if (succeededCount === undefined) continue;
    c.nonNegative(succeededCount, at, `${where}.succeededCount`);
    if (succeededCount > completions) {
      const text = `must be less than or equal to ${completions} (the number of specified completions)`;
      c.invalid([at, `${where}.succeededCount`], succeededCount, text);
    }
    if (succeededIndexes !== undefined && succeededCount > named) {
      const text = `must be less than or equal to ${named} (the number of indexes in the specified succeededIndexes field)`;
      c.invalid([at, `${where}.succeededCount`], succeededCount, text);
    }
  }
}
