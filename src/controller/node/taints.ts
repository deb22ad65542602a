import { tolerates, type Node, type Taint, type Toleration } from '../../api/index.ts';

export const taintKeys = {
  notReady: 'node.kubernetes.io/not-ready',
  unreachable: 'node.kubernetes.io/unreachable',
  memoryPressure: 'node.kubernetes.io/memory-pressure',
  diskPressure: 'node.kubernetes.io/disk-pressure',
  pidPressure: 'node.kubernetes.io/pid-pressure',
  networkUnavailable: 'node.kubernetes.io/network-unavailable',
  unschedulable: 'node.kubernetes.io/unschedulable',
  outOfService: 'node.kubernetes.io/out-of-service',
} as const;

/** NoSchedule taints by condition type and status. */
const byCondition: readonly (readonly [type: string, status: string, key: string])[] = [
  ['Ready', 'False', taintKeys.notReady],
  ['Ready', 'Unknown', taintKeys.unreachable],
  ['MemoryPressure', 'True', taintKeys.memoryPressure],
  ['DiskPressure', 'True', taintKeys.diskPressure],
  ['PIDPressure', 'True', taintKeys.pidPressure],
  ['NetworkUnavailable', 'True', taintKeys.networkUnavailable],
];

const ownNoSchedule: ReadonlySet<string> = new Set([...byCondition.map(([, , key]) => key), taintKeys.unschedulable]);
const ownNoExecute: ReadonlySet<string> = new Set([taintKeys.notReady, taintKeys.unreachable]);

export function nodeCondition(node: Node, type: string) {
  return node.status?.conditions?.find((c) => c.type === type);
}

/** The node's taints with those that follow from its conditions put right: NoSchedule always, NoExecute as `noExecute` says. */
export function desiredTaints(node: Node, options: { readonly noExecute: 'follow' | 'keep' | 'remove'; readonly now: string }): readonly Taint[] {
  const present = node.spec?.taints ?? [];
  const wanted: Taint[] = [];
  for (const [type, status, key] of byCondition) if (nodeCondition(node, type)?.status === status) wanted.push({ key, effect: 'NoSchedule' });
  if (node.spec?.unschedulable === true) wanted.push({ key: taintKeys.unschedulable, effect: 'NoSchedule' });
  const ready = nodeCondition(node, 'Ready')?.status;
  if (options.noExecute === 'follow' && ready === 'False') wanted.push({ key: taintKeys.notReady, effect: 'NoExecute' });
  if (options.noExecute === 'follow' && ready === 'Unknown') wanted.push({ key: taintKeys.unreachable, effect: 'NoExecute' });
  const isOwn = (t: Taint) =>
    t.effect === 'NoSchedule' ? ownNoSchedule.has(t.key) : t.effect === 'NoExecute' && options.noExecute !== 'keep' && ownNoExecute.has(t.key);
  const matches = (a: Taint) => (b: Taint) => a.key === b.key && a.effect === b.effect;
  const kept = present.filter((t) => !isOwn(t) || wanted.some(matches(t)));
  const added = wanted.filter((t) => !present.some(matches(t))).map((t) => ({ ...t, timeAdded: options.now }));
  return [...kept, ...added];
}

/** How long pods with these tolerations stand NoExecute taints: milliseconds, 0 for not at all, undefined for ever. */
export function tolerationMs(taints: readonly Taint[], tolerations: readonly Toleration[]): number | undefined {
  const used: Toleration[] = [];
  for (const taint of taints) {
    const matching = tolerations.filter((t) => tolerates(t, taint));
    if (matching.length === 0) return 0;
    used.push(matching[0]!);
  }
  const seconds = used.flatMap((t) => t.tolerationSeconds ?? []);
  return seconds.length === 0 ? undefined : Math.max(0, Math.min(...seconds)) * 1000;
}

export function noExecuteTaints(node: Node | undefined): readonly Taint[] {
  return (node?.spec?.taints ?? []).filter((t) => t.effect === 'NoExecute');
}
