import { podRequests, type Pod, type ResourceAmounts } from '../../api/index.ts';
import { type CycleState, type FrameworkPlugin, type NodeInfo, unschedulable } from '../framework/index.ts';
import { maxNodeScore } from './normalize.ts';

/** Counted as requested by pods that ask for nothing, in scores only (upstream: 100m and 200Mi a container). */
const assumedMilliCpu = 100;
const assumedMemoryBytes = 200 * 1024 * 1024;

/** What is asked for must still be there. Scores by LeastAllocated: nodes with more left are better. */
export const nodeResourcesFit: FrameworkPlugin = {
  name: 'NodeResourcesFit',
  preFilter(pod, state) {
    state.set('NodeResourcesFit', podRequests(pod));
    return undefined;
  },
  filter(pod, node, state) {
    const insufficient = insufficientResources(requestsOf(pod, state), node);
    return insufficient.length === 0 ? undefined : unschedulable(...insufficient);
  },
  score(pod, node) {
    const fractions = usedFractions(pod, node);
    return Math.floor(fractions.reduce((sum, f) => sum + Math.floor((1 - Math.min(1, f)) * maxNodeScore), 0) / (fractions.length || 1));
  },
  queueingHint: (event, pod) => (event.resource === 'Pod' ? event.action === 'Delete' : event.action !== 'Delete' && fitsEmpty(pod, event.node)),
};

/** Nodes whose cpu and memory are used in like proportion are better. */
export const nodeResourcesBalancedAllocation: FrameworkPlugin = {
  name: 'NodeResourcesBalancedAllocation',
  score(pod, node) {
    const fractions = usedFractions(pod, node).map((f) => Math.min(1, f));
    const deviation = fractions.length === 2 ? Math.abs((fractions[0]! - fractions[1]!) / 2) : 0;
    return Math.floor((1 - deviation) * maxNodeScore);
  },
};

function requestsOf(pod: Pod, state: CycleState): ResourceAmounts {
  return (state.get('NodeResourcesFit') as ResourceAmounts | undefined) ?? podRequests(pod);
}

function insufficientResources(requests: ResourceAmounts, node: NodeInfo): string[] {
  const missing: string[] = [];
  if (node.pods.size + 1 > (node.allocatable.get('pods') ?? 0)) missing.push('Too many pods');
  for (const [name, amount] of requests) {
    if (amount > 0 && amount > (node.allocatable.get(name) ?? 0) - (node.requested.get(name) ?? 0)) missing.push(`Insufficient ${name}`);
  }
  return missing;
}

function fitsEmpty(pod: Pod, node: NodeInfo['node'] | undefined): boolean {
  return node !== undefined && pod.spec !== undefined;
}

/** The share of cpu and of memory that would be in use with the pod there. */
function usedFractions(pod: Pod, node: NodeInfo): number[] {
  const requests = podRequests(pod);
  const used = (name: string, assumed: number) => (node.requested.get(name) ?? 0) + (requests.get(name) || assumed);
  const shares: (readonly [string, number])[] = [
    ['cpu', assumedMilliCpu],
    ['memory', assumedMemoryBytes],
  ];
  return shares.flatMap(([name, assumed]) => {
    const total = node.allocatable.get(name) ?? 0;
    return total > 0 ? [used(name, assumed) / total] : [];
  });
}
