/** How a plugin answers. Success is `undefined`: only what stops or changes the cycle is a value. */
export interface Status {
  /** `Unschedulable`: another pod's going may help. `UnschedulableAndUnresolvable`: only a change of the node or the pod can. `Skip`: the plugin has nothing to say for this pod. */
  readonly code: 'Unschedulable' | 'UnschedulableAndUnresolvable' | 'Wait' | 'Skip';
  /** Counted and printed in FailedScheduling: the strings are interface. */
  readonly reasons: readonly string[];
}

export const unschedulable = (...reasons: readonly string[]): Status => ({ code: 'Unschedulable', reasons });
export const unresolvable = (...reasons: readonly string[]): Status => ({ code: 'UnschedulableAndUnresolvable', reasons });
export const skip: Status = { code: 'Skip', reasons: [] };

/** Why no node took a pod. */
export interface Diagnosis {
  readonly nodeCount: number;
  /** Set when a PreFilter plugin refused the pod on all nodes. */
  readonly preFilterMessage?: string;
  readonly nodeStatuses: ReadonlyMap<string, Status>;
  /** Names of the plugins that refused: an event they registered for may make the pod schedulable. */
  readonly plugins: ReadonlySet<string>;
}

/** `2 Insufficient cpu, 1 node(s) were unschedulable`: each distinct reason with the number of nodes that gave it, sorted as text. */
export function reasonHistogram(statuses: Iterable<Status>): string {
  const counts = new Map<string, number>();
  for (const status of statuses) for (const reason of status.reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, n]) => `${n} ${reason}`)
    .toSorted()
    .join(', ');
}

/** The text of the FailedScheduling event and of the PodScheduled condition (upstream's FitError). */
export function failedSchedulingMessage(diagnosis: Diagnosis, postFilterMessage = ''): string {
  if (diagnosis.nodeCount === 0) return 'no nodes available to schedule pods';
  const nodes = reasonHistogram(diagnosis.nodeStatuses.values());
  const why = diagnosis.preFilterMessage !== undefined ? ` ${diagnosis.preFilterMessage}.` : nodes === '' ? '' : ` ${nodes}.`;
  return `0/${diagnosis.nodeCount} nodes are available:${why}${postFilterMessage === '' ? '' : ` ${postFilterMessage}`}`;
}
