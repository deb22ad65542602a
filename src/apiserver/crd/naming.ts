import type { CustomResourceDefinition } from '../../api/index.ts';
import { equalJson, type Json } from '../../apimachinery/index.ts';

export type CrdCondition = NonNullable<NonNullable<CustomResourceDefinition['status']>['conditions']>[number];
export type CrdStatus = NonNullable<CustomResourceDefinition['status']>;
type Names = CustomResourceDefinition['spec']['names'];

/** Names of a group that others already have. */
export interface TakenNames {
  /** Plural, singular and short names. */
  readonly resources: ReadonlySet<string>;
  /** Kinds and list kinds. */
  readonly kinds: ReadonlySet<string>;
}

interface Conflict {
  readonly reason: string;
  readonly message: string;
}

function conflictOf(names: Names, taken: TakenNames): Conflict | undefined {
  const inUse = (what: string, name: string): Conflict => ({ reason: `${what}Conflict`, message: `${JSON.stringify(name)} is already in use` });
  if (taken.resources.has(names.plural)) return inUse('Plural', names.plural);
  if (names.singular && taken.resources.has(names.singular)) return inUse('Singular', names.singular);
  const short = names.shortNames?.find((n) => taken.resources.has(n));
  if (short !== undefined) return inUse('ShortNames', short);
  if (taken.kinds.has(names.kind)) return inUse('Kind', names.kind);
  if (names.listKind && taken.kinds.has(names.listKind)) return inUse('ListKind', names.listKind);
  return undefined;
}

function withCondition(conditions: readonly CrdCondition[], next: Omit<CrdCondition, 'lastTransitionTime'>, now: string): readonly CrdCondition[] {
  const before = conditions.find((c) => c.type === next.type);
  const lastTransitionTime = before?.status === next.status && before.lastTransitionTime ? before.lastTransitionTime : now;
  const condition = { ...next, lastTransitionTime };
  return before ? conditions.map((c) => (c.type === next.type ? condition : c)) : [...conditions, condition];
}

/** What the naming controller says of a definition: its names taken, and established once they are. Pure. */
export function namingStatus(crd: CustomResourceDefinition, taken: TakenNames, now: string): CrdStatus {
  const { names } = crd.spec;
  const before = crd.status ?? {};
  const conflict = conflictOf(names, taken);
  let conditions = before.conditions ?? [];
  if (conflict) {
    conditions = withCondition(conditions, { type: 'NamesAccepted', status: 'False', ...conflict }, now);
    if (!conditions.some((c) => c.type === 'Established')) {
      const because = { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' };
      conditions = withCondition(conditions, because, now);
    }
    return { ...before, conditions, acceptedNames: before.acceptedNames ?? { plural: '', kind: '' }, storedVersions: storedVersions(crd) };
  }
  conditions = withCondition(conditions, { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' }, now);
  conditions = withCondition(
    conditions,
    { type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' },
    now,
  );
  return { ...before, conditions, acceptedNames: names, storedVersions: storedVersions(crd) };
}

function storedVersions(crd: CustomResourceDefinition): readonly string[] {
  const before = crd.status?.storedVersions ?? [];
  const storage = crd.spec.versions.find((v) => v.storage)?.name;
  return storage === undefined || before.includes(storage) ? before : [...before, storage];
}

export function sameStatus(a: CrdStatus | undefined, b: CrdStatus): boolean {
  return equalJson((a ?? null) as Json, b as Json);
}

export function isEstablished(crd: CustomResourceDefinition): boolean {
  return crd.status?.conditions?.some((c) => c.type === 'Established' && c.status === 'True') ?? false;
}
