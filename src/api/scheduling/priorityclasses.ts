import { define } from '../define.ts';
import { ageColumn, column, integer, nameColumn } from '../helpers/columns.ts';
import type { PriorityClass } from '../types.gen.ts';
import { setGeneration } from '../helpers/strategy.ts';
import { type Checks, collect } from '../helpers/validation/checks.ts';
import { systemPriorityClasses } from '../bootstrap/priority-classes.ts';

const highestUserPriority = 1_000_000_000;
const reserved = "priority class names with 'system-' prefix are reserved for system use only. error: ";

/** The system's own classes must be as the system makes them. */
function systemProblem(obj: PriorityClass): string | undefined {
  const name = obj.metadata?.name ?? '';
  const known = systemPriorityClasses.find((x) => x.metadata?.name === name);
  if (!known) return `${name} is not a known system priority class`;
  if (known.value !== obj.value) return `value of ${name} PriorityClass must be ${known.value}`;
  return obj.globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}

function check(c: Checks, obj: PriorityClass): void {
  if (obj.metadata?.name?.startsWith('system-')) {
    const problem = systemProblem(obj);
    if (problem) c.forbidden('metadata', 'name', reserved + problem);
  } else if ((obj.value ?? 0) > highestUserPriority) {
    c.forbidden('value', '', `maximum allowed value of a user defined priority is ${highestUserPriority}`);
  }
  c.requiredOneOf(obj.preemptionPolicy, ['PreemptLowerPriority', 'Never'], 'preemptionPolicy', '');
}

export const priorityClasses = define<PriorityClass>({
  group: 'scheduling.k8s.io',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  strategy: {
    default(obj) {
      obj.preemptionPolicy ??= 'PreemptLowerPriority';
    },
    prepareForCreate: (obj) => setGeneration(obj, 1),
    validate: (obj) => collect((c) => check(c, obj)),
    validateUpdate: (obj, old) =>
      collect((c) => {
        if ((obj.value ?? 0) !== (old.value ?? 0)) c.forbidden('value', '', 'may not be changed in an update.');
        c.immutable(obj.preemptionPolicy ?? null, obj.preemptionPolicy !== old.preemptionPolicy, 'preemptionPolicy', '');
      }),
  },
  shortNames: ['pc'],
  scope: 'Cluster',
  columns: [
    nameColumn,
    integer('Value', (o) => o.value ?? 0),
    column('Global-Default', (o) => o.globalDefault ?? false, { type: 'boolean' }),
    ageColumn,
    column('PreemptionPolicy', (o) => o.preemptionPolicy ?? ''),
  ],
});
