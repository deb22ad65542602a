import type { KubeObject, OwnerReference } from '../../apimachinery/index.ts';
import { foregroundFinalizer, orphanFinalizer } from './graph.ts';

/** What the server says of an owner that a reference names. `unknownKind`: no resource has that kind, now. */
export type OwnerState = 'solid' | 'absent' | 'waiting' | 'unknownKind';

export type Decision =
  | { readonly kind: 'keep' }
  /** Some owners are there: references to the others are dropped. */
  | { readonly kind: 'dropReferences'; readonly uids: readonly string[] }
  | { readonly kind: 'delete'; readonly policy: 'Background' | 'Foreground' | 'Orphan'; readonly unblockFirst: boolean };

/** What becomes of an object whose owners are in these states. Pure. `dependents`: some wait to be deleted with it, and some of those wait too. */
export function decide(
  object: KubeObject,
  states: ReadonlyMap<string, OwnerState>,
  dependents: { readonly any: boolean; readonly someDeletingDependents: boolean },
): Decision {
  const refs = object.metadata?.ownerReferences ?? [];
  if (refs.length === 0) return { kind: 'keep' };
  const of = (...wanted: readonly OwnerState[]) => refs.filter((r) => wanted.includes(states.get(r.uid) ?? 'solid'));
  const gone = of('absent', 'waiting');
  if (of('solid', 'unknownKind').length > 0) return gone.length === 0 ? { kind: 'keep' } : { kind: 'dropReferences', uids: gone.map((r) => r.uid) };
  if (of('waiting').length > 0 && dependents.any) {
    // Foreground all the way down. A circle of objects that wait for each other is broken by letting go of the owners.
    return { kind: 'delete', policy: 'Foreground', unblockFirst: dependents.someDeletingDependents };
  }
  const finalizers = object.metadata?.finalizers ?? [];
  const policy = finalizers.includes(orphanFinalizer) ? 'Orphan' : finalizers.includes(foregroundFinalizer) ? 'Foreground' : 'Background';
  return { kind: 'delete', policy, unblockFirst: false };
}

/** Owner references without those to `uids`; null when none is left (a merge patch then drops the list). */
export function withoutOwners(refs: readonly OwnerReference[] | undefined, uids: readonly string[]): readonly OwnerReference[] | null {
  const kept = (refs ?? []).filter((r) => !uids.includes(r.uid));
  return kept.length === 0 ? null : kept;
}
