import type { Deployment, ReplicaSet } from '../../api/index.ts';
import { copyKeys, getKey, setKey } from '../../apimachinery/index.ts';
import { annotation, fenceposts, replicasOf, revisionOf } from './model.ts';

/** Annotations that are the controller's own, or describe the Deployment object itself: never copied to a ReplicaSet. */
const notCopied: ReadonlySet<string> = new Set(Object.values(annotation));
const maxHistoryLength = 2000;

/** Annotations of the ReplicaSet of the current template. `isNew`: its sizes are recorded too. The same object when nothing changes. */
export function newSetAnnotations(
  d: Deployment,
  set: ReplicaSet,
  options: { readonly revision: number; readonly isNew: boolean },
): Readonly<Record<string, string>> {
  const old = set.metadata?.annotations ?? {};
  const next = copyKeys<string>(old);
  for (const [key, value] of Object.entries(d.metadata?.annotations ?? {})) if (!notCopied.has(key)) setKey(next, key, value);
  const oldRevision = getKey(old, annotation.revision);
  if (revisionOf(set) < options.revision) {
    next[annotation.revision] = String(options.revision);
    if (oldRevision !== undefined) next[annotation.revisionHistory] = appended(getKey(old, annotation.revisionHistory) ?? '', oldRevision);
  }
  if (options.isNew) Object.assign(next, sizeAnnotations(d));
  return sameKeys(old, next) ? old : next;
}

function appended(history: string, revision: string): string {
  const parts = history === '' ? [] : history.split(',');
  if (parts.at(-1) === revision) return history;
  parts.push(revision);
  while (parts.length > 1 && parts.join(',').length > maxHistoryLength) parts.shift();
  return parts.join(',');
}

/** What a ReplicaSet was sized for: lets a later resize be told from a rollout. */
export function sizeAnnotations(d: Deployment): Readonly<Record<string, string>> {
  return {
    [annotation.desiredReplicas]: String(replicasOf(d)),
    [annotation.maxReplicas]: String(replicasOf(d) + fenceposts(d).maxSurge),
  };
}

function sameKeys(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(b);
  return keys.length === Object.keys(a).length && keys.every((k) => getKey(a, k) === getKey(b, k));
}
