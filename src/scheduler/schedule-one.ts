import type { Rng } from '../base/index.ts';
import type { Pod } from '../api/index.ts';
import type { CycleState, Diagnosis, FrameworkPlugin, NodeInfo, Snapshot, Status, WeightedPlugin } from './framework/index.ts';

/** Where a pod goes, or why nowhere. */
export type Decision =
  | { readonly kind: 'node'; readonly nodeName: string; readonly state: CycleState }
  | { readonly kind: 'none'; readonly diagnosis: Diagnosis };

/** Enough feasible nodes are enough: below 100 nodes all are looked at, above that a shrinking share (upstream's numFeasibleNodesToFind). */
export function feasibleNodesWanted(nodeCount: number): number {
  if (nodeCount < 100) return nodeCount;
  const percentage = Math.max(5, 50 - Math.floor(nodeCount / 125));
  return Math.max(100, Math.floor((nodeCount * percentage) / 100));
}

/** One scheduling cycle: filters the nodes of the snapshot, scores those that fit, picks the best (one of the best by chance). Pure but for `rng`. */
export function scheduleOne(
  pod: Pod,
  snapshot: Snapshot,
  options: { readonly plugins: readonly WeightedPlugin[]; readonly rng: Rng; readonly startIndex?: number },
): Decision {
  const state: CycleState = new Map();
  const plugins = options.plugins.map((w) => w.plugin);
  const pre = runPreFilters(pod, snapshot, { plugins, state });
  if ('diagnosis' in pre) return { kind: 'none', diagnosis: pre.diagnosis };
  const { feasible, diagnosis } = findFeasible(pod, snapshot, { ...pre, plugins, state, startIndex: options.startIndex ?? 0 });
  if (feasible.length === 0) return { kind: 'none', diagnosis };
  const best = feasible.length === 1 ? feasible[0]! : selectHost(pod, feasible, { plugins: options.plugins, state, rng: options.rng });
  return { kind: 'node', nodeName: best.name, state };
}

interface PreFiltered {
  readonly skipped: ReadonlySet<string>;
  readonly nodeNames: ReadonlySet<string> | undefined;
}

function runPreFilters(
  pod: Pod,
  snapshot: Snapshot,
  { plugins, state }: { readonly plugins: readonly FrameworkPlugin[]; readonly state: CycleState },
): PreFiltered | { readonly diagnosis: Diagnosis } {
  const skipped = new Set<string>();
  let nodeNames: ReadonlySet<string> | undefined;
  for (const plugin of plugins) {
    const result = plugin.preFilter?.(pod, state, snapshot);
    if (result?.status?.code === 'Skip') skipped.add(plugin.name);
    else if (result?.status) {
      const preFilterMessage = result.status.reasons.join(', ');
      return { diagnosis: { nodeCount: snapshot.nodes.length, preFilterMessage, nodeStatuses: new Map(), plugins: new Set([plugin.name]) } };
    }
    if (result?.nodeNames) nodeNames = nodeNames ? nodeNames.intersection(result.nodeNames) : result.nodeNames;
  }
  return { skipped, nodeNames };
}

function findFeasible(
  pod: Pod,
  snapshot: Snapshot,
  options: PreFiltered & { readonly plugins: readonly FrameworkPlugin[]; readonly state: CycleState; readonly startIndex: number },
): { readonly feasible: NodeInfo[]; readonly diagnosis: Diagnosis } {
  const filters = options.plugins.filter((p) => p.filter && !options.skipped.has(p.name));
  const nodeStatuses = new Map<string, Status>();
  const refusing = new Set<string>();
  const feasible: NodeInfo[] = [];
  const count = snapshot.nodes.length;
  const wanted = feasibleNodesWanted(count);
  for (let i = 0; i < count && feasible.length < wanted; i++) {
    const node = snapshot.nodes[(options.startIndex + i) % count]!;
    if (options.nodeNames && !options.nodeNames.has(node.name)) {
      nodeStatuses.set(node.name, { code: 'UnschedulableAndUnresolvable', reasons: ["node(s) didn't satisfy plugin(s) [NodeAffinity]"] });
      refusing.add('NodeAffinity');
      continue;
    }
    const refusal = firstRefusal(pod, node, { filters, state: options.state });
    if (!refusal) feasible.push(node);
    else {
      nodeStatuses.set(node.name, refusal.status);
      refusing.add(refusal.plugin);
    }
  }
  return { feasible, diagnosis: { nodeCount: count, nodeStatuses, plugins: refusing } };
}

function firstRefusal(
  pod: Pod,
  node: NodeInfo,
  { filters, state }: { readonly filters: readonly FrameworkPlugin[]; readonly state: CycleState },
): { readonly plugin: string; readonly status: Status } | undefined {
  for (const plugin of filters) {
    const status = plugin.filter!(pod, node, state);
    if (status) return { plugin: plugin.name, status };
  }
  return undefined;
}

function selectHost(
  pod: Pod,
  nodes: readonly NodeInfo[],
  options: { readonly plugins: readonly WeightedPlugin[]; readonly state: CycleState; readonly rng: Rng },
): NodeInfo {
  const totals = nodes.map(() => 0);
  for (const { plugin, weight } of options.plugins) {
    if (!plugin.score || plugin.preScore?.(pod, nodes, options.state)?.code === 'Skip') continue;
    const scores = nodes.map((node) => plugin.score!(pod, node, options.state));
    plugin.normalizeScore?.(scores);
    for (const [i, score] of scores.entries()) totals[i]! += score * weight;
  }
  const highest = Math.max(...totals);
  const best = nodes.filter((_, i) => totals[i] === highest);
  return best[options.rng.int(best.length)]!;
}
