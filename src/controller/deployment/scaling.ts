import type { Deployment, ReplicaSet } from '../../api/index.ts';
import { annotation, activeSets, byCreation, fenceposts, isRolling, numericAnnotation, replicasOf, totalAvailable, totalReplicas } from './model.ts';

/** One ReplicaSet's new size. */
export interface Scale {
  readonly set: ReplicaSet;
  readonly replicas: number;
}

/** The ReplicaSets of a Deployment: that of the current template, if it exists, and all others. */
export interface Sets {
  readonly newSet: ReplicaSet | undefined;
  readonly oldSets: readonly ReplicaSet[];
}

const all = (sets: Sets): readonly ReplicaSet[] => (sets.newSet === undefined ? sets.oldSets : [...sets.oldSets, sets.newSet]);

/** The size the new ReplicaSet may have now: as many more as the surge leaves room for. */
export function newSetReplicas(d: Deployment, sets: readonly ReplicaSet[], newSetSize: number): number {
  if (!isRolling(d)) return replicasOf(d);
  const room = replicasOf(d) + fenceposts(d).maxSurge - totalReplicas(sets);
  if (room <= 0) return newSetSize;
  return newSetSize + Math.min(room, replicasOf(d) - newSetSize);
}

/** One step of a rolling update: the new set up, or else the old ones down. Empty when there is nothing to do now. */
export function planRolling(d: Deployment, sets: Sets & { readonly newSet: ReplicaSet }): readonly Scale[] {
  const up = planNewSet(d, sets);
  if (up !== undefined) return [up];
  return planOldSets(d, sets);
}

function planNewSet(d: Deployment, sets: Sets & { readonly newSet: ReplicaSet }): Scale | undefined {
  const [wanted, current] = [replicasOf(d), replicasOf(sets.newSet)];
  if (current === wanted) return undefined;
  const replicas = current > wanted ? wanted : newSetReplicas(d, all(sets), current);
  return replicas === current ? undefined : { set: sets.newSet, replicas };
}

/** Old sets shrink by their broken pods first, then by as many healthy ones as availability allows. */
function planOldSets(d: Deployment, sets: Sets & { readonly newSet: ReplicaSet }): readonly Scale[] {
  if (totalReplicas(sets.oldSets) === 0) return [];
  const minAvailable = replicasOf(d) - fenceposts(d).maxUnavailable;
  const newUnavailable = replicasOf(sets.newSet) - (sets.newSet.status?.availableReplicas ?? 0);
  const budget = totalReplicas(all(sets)) - minAvailable - newUnavailable;
  if (budget <= 0) return [];
  const sizes = new Map<ReplicaSet, number>();
  const sorted = sets.oldSets.toSorted(byCreation);
  let left = budget;
  for (const set of sorted) {
    const size = replicasOf(set);
    const broken = size - (set.status?.availableReplicas ?? 0);
    const count = Math.min(left, Math.max(0, broken));
    sizes.set(set, size - count);
    left -= count;
  }
  let healthy = totalAvailable(all(sets)) - minAvailable;
  for (const set of sorted) {
    if (healthy <= 0) break;
    const size = sizes.get(set) ?? 0;
    const count = Math.min(size, healthy);
    sizes.set(set, size - count);
    healthy -= count;
  }
  return changes(sizes);
}

/** All old sets to nothing: a Recreate update's first step. */
export function planRecreateDown(sets: Sets): readonly Scale[] {
  return activeSets(sets.oldSets).map((set) => ({ set, replicas: 0 }));
}

/** The Deployment was resized, or is paused: no rollout moves, sizes follow. */
export function planScale(d: Deployment, sets: Sets): readonly Scale[] {
  const wanted = replicasOf(d);
  const only = activeOrLatest(sets);
  if (only !== undefined) return replicasOf(only) === wanted ? [] : [{ set: only, replicas: wanted }];
  if (isSaturated(d, sets.newSet)) return planRecreateDown(sets);
  return isRolling(d) ? planProportional(d, activeSets(all(sets))) : [];
}

function activeOrLatest(sets: Sets): ReplicaSet | undefined {
  const active = activeSets(all(sets));
  if (active.length === 0) return sets.newSet ?? sets.oldSets.toSorted(byCreation).at(-1);
  return active.length === 1 ? active[0] : undefined;
}

function isSaturated(d: Deployment, newSet: ReplicaSet | undefined): boolean {
  const wanted = replicasOf(d);
  if (newSet === undefined || numericAnnotation(newSet, annotation.desiredReplicas) !== wanted) return false;
  return replicasOf(newSet) === wanted && (newSet.status?.availableReplicas ?? 0) === wanted;
}

/** In the middle of a rollout all sets grow or shrink in proportion, to lower the risk; the largest takes what rounding leaves. */
function planProportional(d: Deployment, active: readonly ReplicaSet[]): readonly Scale[] {
  const allowed = replicasOf(d) > 0 ? replicasOf(d) + fenceposts(d).maxSurge : 0;
  const toAdd = allowed - totalReplicas(active);
  const sorted = active.toSorted((a, b) => replicasOf(b) - replicasOf(a) || (toAdd > 0 ? byCreation(b, a) : byCreation(a, b)));
  const sizes = new Map<ReplicaSet, number>();
  let added = 0;
  for (const set of sorted) {
    const share = toAdd === 0 ? 0 : proportion(d, set, toAdd - added);
    sizes.set(set, replicasOf(set) + share);
    added += share;
  }
  const [first] = sorted;
  if (first !== undefined && toAdd !== 0) sizes.set(first, Math.max(0, (sizes.get(first) ?? 0) + toAdd - added));
  // Sizes that stay are listed too: their annotations of the desired size must follow.
  return [...sizes].map(([set, replicas]) => ({ set, replicas }));
}

function proportion(d: Deployment, set: ReplicaSet, left: number): number {
  if (replicasOf(set) === 0 || left === 0) return 0;
  const share = fraction(d, set);
  return left > 0 ? Math.min(share, left) : Math.max(share, left);
}

function fraction(d: Deployment, set: ReplicaSet): number {
  if (replicasOf(d) === 0) return -replicasOf(set);
  const before = numericAnnotation(set, annotation.maxReplicas) || (d.status?.replicas ?? 0);
  if (before === 0) return 0;
  const size = (replicasOf(set) * (replicasOf(d) + fenceposts(d).maxSurge)) / before;
  return Math.round(size) - replicasOf(set);
}

/** Some ReplicaSet was last sized for another total. */
export function isScalingEvent(d: Deployment, sets: Sets): boolean {
  return activeSets(all(sets)).some((set) => {
    const desired = numericAnnotation(set, annotation.desiredReplicas);
    return desired !== undefined && desired !== replicasOf(d);
  });
}

/** Old ReplicaSets beyond the history limit, oldest revisions first; only those that are done with. */
export function planCleanup(d: Deployment, oldSets: readonly ReplicaSet[], limit: number | undefined): readonly ReplicaSet[] {
  if (limit === undefined) return [];
  const alive = oldSets.filter((rs) => rs.metadata?.deletionTimestamp === undefined);
  const revision = (rs: ReplicaSet) => numericAnnotation(rs, annotation.revision) ?? 0;
  const surplus = alive.toSorted((a, b) => revision(a) - revision(b) || byCreation(a, b)).slice(0, Math.max(0, alive.length - limit));
  return surplus.filter(
    (rs) => replicasOf(rs) === 0 && (rs.status?.replicas ?? 0) === 0 && (rs.metadata?.generation ?? 0) <= (rs.status?.observedGeneration ?? 0),
  );
}

function changes(sizes: ReadonlyMap<ReplicaSet, number>): readonly Scale[] {
  return [...sizes].filter(([set, replicas]) => replicasOf(set) !== replicas).map(([set, replicas]) => ({ set, replicas }));
}
