import { labelKeyErrors, labelValueErrors } from './label-rules.ts';

export type Labels = Readonly<Record<string, string | undefined>>;
export type SelectorOperator = 'in' | 'notin' | '=' | '==' | '!=' | 'exists' | '!' | 'gt' | 'lt';

export interface Requirement {
  readonly key: string;
  readonly operator: SelectorOperator;
  /** Sorted, without duplicates. */
  readonly values: readonly string[];
}

/** A label selector: all requirements must hold. `nothing` matches no labels at all. */
export interface Selector {
  readonly requirements: readonly Requirement[];
  readonly nothing: boolean;
  matches(labels: Labels | undefined): boolean;
  /** The query string form, requirements sorted by key. */
  toString(): string;
}

/** metav1.LabelSelector. */
export interface LabelSelectorObject {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly { readonly key?: string; readonly operator?: string; readonly values?: readonly string[] }[];
}

/** A selector's text or object that cannot be read; the API answers 400 with this message. */
export class SelectorError extends Error {
  override readonly name = 'SelectorError';
}

type Test = (labels: Labels) => boolean;
const noLabels: Labels = {};
const has = Object.hasOwn;
const integer = /^[+-]?\d+$/;

function compare(key: string, bound: bigint, wanted: 1 | -1): Test {
  return (labels) => {
    const value = has(labels, key) ? labels[key]! : '';
    if (!integer.test(value)) return false;
    const n = BigInt(value.startsWith('+') ? value.slice(1) : value);
    return wanted === 1 ? n > bound : n < bound;
  };
}

function testOf({ key, operator, values }: Requirement): Test {
  const only = values[0]!;
  switch (operator) {
    case 'exists':
      return (labels) => has(labels, key);
    case '!':
      return (labels) => !has(labels, key);
    case 'gt':
      return compare(key, BigInt(only), 1);
    case 'lt':
      return compare(key, BigInt(only), -1);
    case '!=':
    case 'notin': {
      if (values.length === 1) return (labels) => labels[key] !== only || !has(labels, key);
      const set = new Set(values);
      return (labels) => !has(labels, key) || !set.has(labels[key]!);
    }
    default: {
      if (values.length === 1) return (labels) => labels[key] === only && has(labels, key);
      const set = new Set(values);
      return (labels) => has(labels, key) && set.has(labels[key]!);
    }
  }
}

class Requirements implements Selector {
  readonly requirements: readonly Requirement[];
  readonly nothing: boolean;
  readonly #tests: readonly Test[];

  constructor(requirements: readonly Requirement[], nothing = false) {
    this.requirements = requirements.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    this.nothing = nothing;
    this.#tests = requirements.map(testOf);
  }

  matches(labels: Labels | undefined): boolean {
    if (this.nothing) return false;
    for (const test of this.#tests) if (!test(labels ?? noLabels)) return false;
    return true;
  }

  toString(): string {
    return this.requirements.map(formatRequirement).join(',');
  }
}

export const everything: Selector = new Requirements([]);
export const nothing: Selector = new Requirements([], true);

function formatRequirement({ key, operator, values }: Requirement): string {
  switch (operator) {
    case 'exists':
      return key;
    case '!':
      return `!${key}`;
    case 'in':
    case 'notin':
      return `${key} ${operator} (${values.join(',')})`;
    case 'gt':
      return `${key}>${values[0]!}`;
    case 'lt':
      return `${key}<${values[0]!}`;
    default:
      return `${key}${operator}${values[0]!}`;
  }
}

function keyProblem(key: string, field: string): string | undefined {
  const errors = labelKeyErrors(key);
  return errors.length === 0 ? undefined : `${field}: Invalid value: ${JSON.stringify(key)}: ${errors.join('; ')}`;
}

function countProblem(operator: SelectorOperator, values: readonly string[], field: string): string | undefined {
  const invalid = (detail: string) => `${field}: Invalid value: ${JSON.stringify(values)}: ${detail}`;
  switch (operator) {
    case 'in':
    case 'notin':
      return values.length === 0 ? invalid("for 'in', 'notin' operators, values set can't be empty") : undefined;
    case 'exists':
    case '!':
      return values.length === 0 ? undefined : invalid('values set must be empty for exists and does not exist');
    case 'gt':
    case 'lt': {
      if (values.length !== 1) return invalid("for 'Gt', 'Lt' operators, exactly one value is required");
      return integer.test(values[0]!)
        ? undefined
        : `${field}[0]: Invalid value: ${JSON.stringify(values[0])}: for 'Gt', 'Lt' operators, the value must be an integer`;
    }
    default:
      return values.length === 1 ? undefined : invalid('exact-match compatibility requires one single value');
  }
}

/** A checked requirement. Throws `SelectorError`: one problem bare, several in brackets. */
export function newRequirement(key: string, operator: SelectorOperator, values: readonly string[]): Requirement {
  const sorted = [...new Set(values)].sort();
  const problems = [
    keyProblem(key, 'key'),
    countProblem(operator, sorted, 'values'),
    ...sorted.map((value, i) => {
      const errors = labelValueErrors(value);
      return errors.length === 0 ? undefined : `values[${i}][${key}]: Invalid value: ${JSON.stringify(value)}: ${errors.join('; ')}`;
    }),
  ].filter((p) => p !== undefined);
  if (problems.length > 0) throw new SelectorError(problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`);
  return { key, operator, values: sorted };
}

export function selectorOf(requirements: readonly Requirement[]): Selector {
  return requirements.length === 0 ? everything : new Requirements(requirements);
}

/** Matches labels that have all of these (a Service's selector). Nothing given matches everything. */
export function selectorFromSet(set: Labels | undefined): Selector {
  return selectorOf(Object.keys(set ?? noLabels).map((key) => ({ key, operator: '=', values: [set![key]!] })));
}

const objectOperators: ReadonlyMap<string, SelectorOperator> = new Map([
  ['In', 'in'],
  ['NotIn', 'notin'],
  ['Exists', 'exists'],
  ['DoesNotExist', '!'],
]);

/** The matcher of a LabelSelector: absent selects nothing, an empty one everything. Throws `SelectorError`. */
export function selectorFromObject(object: LabelSelectorObject | null | undefined): Selector {
  if (object === null || object === undefined) return nothing;
  const labels = object.matchLabels ?? {};
  const requirements = Object.keys(labels).map((key) => newRequirement(key, '=', [labels[key]!]));
  for (const e of object.matchExpressions ?? []) {
    const operator = objectOperators.get(e.operator ?? '');
    if (!operator) throw new SelectorError(`${JSON.stringify(e.operator ?? '')} is not a valid label selector operator`);
    requirements.push(newRequirement(e.key ?? '', operator, e.values ?? []));
  }
  return selectorOf(requirements);
}
