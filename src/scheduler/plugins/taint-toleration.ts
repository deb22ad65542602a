import { type Pod, toleratesTaint } from '../../api/index.ts';
import { type FrameworkPlugin, type NodeInfo, unresolvable } from '../framework/index.ts';
import { normalizeReversed } from './normalize.ts';

/** Taints NoSchedule and NoExecute must be tolerated; of the rest, nodes with fewer intolerable PreferNoSchedule taints are better. */
export const taintToleration: FrameworkPlugin = {
  name: 'TaintToleration',
  filter: (pod, node) => (untolerated(pod, node, ['NoSchedule', 'NoExecute']) === 0 ? undefined : unresolvable('node(s) had untolerated taint(s)')),
  score: (pod, node) => untolerated(pod, node, ['PreferNoSchedule']),
  normalizeScore: normalizeReversed,
  queueingHint: (event) => event.resource === 'Node' && event.action !== 'Delete',
};

function untolerated(pod: Pod, node: NodeInfo, effects: readonly string[]): number {
  const tolerations = pod.spec?.tolerations ?? [];
  return (node.node.spec?.taints ?? []).filter((taint) => effects.includes(taint.effect) && !toleratesTaint(tolerations, taint)).length;
}
