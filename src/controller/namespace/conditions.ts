import type { NamespaceCondition } from '../../api/index.ts';

/** What a pass over a namespace's content found. */
export interface Findings {
  readonly discoveryError?: string;
  readonly deletionErrors: readonly string[];
  /** Instances left by `resource.group` (a dot at the end for the core group). */
  readonly remaining: ReadonlyMap<string, number>;
  /** Instances that wait for a finalizer, by its name. */
  readonly finalizers: ReadonlyMap<string, number>;
}

const good: readonly (readonly [string, string, string])[] = [
  ['NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'All resources successfully discovered'],
  ['NamespaceDeletionGroupVersionParsingFailure', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'],
  ['NamespaceDeletionContentFailure', 'ContentDeleted', 'All content successfully deleted, may be waiting on finalization'],
  ['NamespaceContentRemaining', 'ContentRemoved', 'All content successfully removed'],
  ['NamespaceFinalizersRemaining', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
];

/** The five conditions of a namespace that is going; False is the good state. Unchanged ones keep their times. */
export function namespaceConditions(old: readonly NamespaceCondition[] | undefined, findings: Findings, now: string): readonly NamespaceCondition[] {
  const bad = troubles(findings);
  const own = new Set(good.map(([type]) => type));
  const kept = (old ?? []).filter((c) => !own.has(c.type));
  return [
    ...kept,
    ...good.map(([type, reason, message]): NamespaceCondition => {
      const trouble = bad.get(type);
      const next = trouble === undefined ? { type, status: 'False', reason, message } : { type, status: 'True', ...trouble };
      const present = old?.find((c) => c.type === type);
      if (present !== undefined && present.status === next.status && present.reason === next.reason && present.message === next.message)
        return present;
      const since = present?.status === next.status ? present.lastTransitionTime : now;
      return { ...next, lastTransitionTime: since ?? now };
    }),
  ];
}

function troubles(f: Findings): ReadonlyMap<string, { readonly reason: string; readonly message: string }> {
  const found = new Map<string, { readonly reason: string; readonly message: string }>();
  if (f.discoveryError !== undefined) found.set('NamespaceDeletionDiscoveryFailure', { reason: 'DiscoveryFailed', message: f.discoveryError });
  if (f.deletionErrors.length > 0) {
    const message = `Failed to delete all resource types, ${f.deletionErrors.length} remaining: ${f.deletionErrors.join(', ')}`;
    found.set('NamespaceDeletionContentFailure', { reason: 'ContentDeletionFailed', message });
  }
  if (f.remaining.size > 0) {
    const parts = [...f.remaining].toSorted(byName).map(([resource, n]) => `${resource} has ${n} resource instances`);
    found.set('NamespaceContentRemaining', { reason: 'SomeResourcesRemain', message: `Some resources are remaining: ${parts.join(', ')}` });
  }
  if (f.finalizers.size > 0) {
    const parts = [...f.finalizers].toSorted(byName).map(([name, n]) => `${name} in ${n} resource instances`);
    found.set('NamespaceFinalizersRemaining', {
      reason: 'SomeFinalizersRemain',
      message: `Some content in the namespace has finalizers remaining: ${parts.join(', ')}`,
    });
  }
  return found;
}

function byName([a]: readonly [string, number], [b]: readonly [string, number]): number {
  return a < b ? -1 : 1;
}
