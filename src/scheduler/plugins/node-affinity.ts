import { matchesNodeSelectorTerm, matchesRequiredNodeAffinity, type Pod } from '../../api/index.ts';
import { type FrameworkPlugin, unresolvable } from '../framework/index.ts';
import { normalizeToMax } from './normalize.ts';

/** nodeSelector and required node affinity must match; preferred terms that match add their weights. */
export const nodeAffinity: FrameworkPlugin = {
  name: 'NodeAffinity',
  preFilter(pod) {
    const names = namedNodes(pod);
    return names ? { nodeNames: names } : undefined;
  },
  filter: (pod, node) =>
    matchesRequiredNodeAffinity(pod, node.node) ? undefined : unresolvable("node(s) didn't match Pod's node affinity/selector"),
  score(pod, node) {
    const preferred = pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    return preferred.reduce((sum, term) => sum + (term.weight !== 0 && matchesNodeSelectorTerm(term.preference, node.node) ? term.weight : 0), 0);
  },
  normalizeScore: normalizeToMax,
  queueingHint: (event, pod) => event.resource === 'Node' && event.node !== undefined && matchesRequiredNodeAffinity(pod, event.node),
};

/** The nodes a pod names by `metadata.name` in every required term (as DaemonSet pods do): the only ones worth looking at. */
function namedNodes(pod: Pod): ReadonlySet<string> | undefined {
  const terms = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  if (terms.length === 0) return undefined;
  const names = new Set<string>();
  for (const term of terms) {
    const byName = (term.matchFields ?? []).filter((r) => r.key === 'metadata.name' && r.operator === 'In');
    if (byName.length === 0) return undefined;
    for (const requirement of byName) for (const name of requirement.values ?? []) names.add(name);
  }
  return names;
}
