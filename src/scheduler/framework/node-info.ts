import { podRequests, type ResourceAmounts } from '../../api/index.ts';
import type { Node, Pod } from '../../api/index.ts';
import { amountsOf } from '../../api/index.ts';

/** A host port in use: 0.0.0.0 stands for every address. */
interface UsedPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

/** What plugins see of a node: the object, and what its pods (bound or assumed) already take. Immutable: a change makes a new one. */
export interface NodeInfo {
  readonly node: Node;
  readonly name: string;
  readonly pods: ReadonlyMap<string, Pod>;
  /** cpu in milli-units, everything else in units. */
  readonly requested: ResourceAmounts;
  readonly allocatable: ResourceAmounts;
  readonly usedPorts: readonly UsedPort[];
}

export function nodeInfo(node: Node, pods: Iterable<Pod>): NodeInfo {
  const byUid = new Map<string, Pod>();
  const requested = new Map<string, number>();
  const usedPorts: UsedPort[] = [];
  for (const pod of pods) {
    byUid.set(pod.metadata?.uid ?? '', pod);
    for (const [name, amount] of podRequests(pod)) requested.set(name, (requested.get(name) ?? 0) + amount);
    usedPorts.push(...hostPorts(pod));
  }
  return { node, name: node.metadata?.name ?? '', pods: byUid, requested, allocatable: amountsOf(node.status?.allocatable), usedPorts };
}

/** The host ports a pod takes on its node: those of its containers, and of sidecars among its init containers. */
export function hostPorts(pod: Pod): UsedPort[] {
  const sidecars = (pod.spec?.initContainers ?? []).filter((c) => c.restartPolicy === 'Always');
  return [...sidecars, ...(pod.spec?.containers ?? [])].flatMap((container) =>
    (container.ports ?? []).flatMap((p) => (p.hostPort ? [{ ip: p.hostIP || '0.0.0.0', protocol: p.protocol ?? 'TCP', port: p.hostPort }] : [])),
  );
}

export function portsConflict(a: UsedPort, b: UsedPort): boolean {
  return a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || a.ip === '0.0.0.0' || b.ip === '0.0.0.0');
}
