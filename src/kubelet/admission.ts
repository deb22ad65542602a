import { eachContainer, matchesRequiredNodeAffinity, type Node, type Pod, podRequests, safeSysctls, untoleratedTaint } from '../api/index.ts';

/** Why a node does not take a pod; of the pod's status (there with a prefix) and of an event. */
export interface Refusal {
  readonly reason: string;
  readonly message: string;
}

export interface AdmissionFacts {
  /** As the API has it; undefined before it is known: then labels and taints are not looked at. */
  readonly node: Node | undefined;
  /** cpu in thousandths, memory in bytes, pods by number. What is not listed is not checked. */
  readonly allocatable: ReadonlyMap<string, number>;
  /** Those that the node has taken before and that have not ended. */
  readonly others: readonly Pod[];
}

/** Why a pod that was bound to the node cannot be taken; undefined when it can: the scheduler may have raced, or been passed by. Pure. */
export function admissionRefusal(pod: Pod, { node, allocatable, others }: AdmissionFacts): Refusal | undefined {
  const predicate = (reason: string, why: string): Refusal => ({ reason, message: `Predicate ${reason} failed: ${why}` });
  const unsafe = unsafeSysctl(pod);
  if (unsafe !== undefined) return { reason: 'SysctlForbidden', message: `forbidden sysctl: ${JSON.stringify(unsafe)} not allowlisted` };
  const lacking = lackingResource(pod, allocatable, others);
  if (lacking) return lacking;
  if (node && !matchesRequiredNodeAffinity(pod, node)) return predicate('NodeAffinity', "node(s) didn't match Pod's node affinity/selector");
  if (portsClash(pod, others)) return predicate('NodePorts', "node(s) didn't have free ports for the requested pod ports");
  if (node && untoleratedTaint(node.spec?.taints, pod.spec?.tolerations, ['NoExecute'])) {
    return predicate('TaintToleration', "node(s) had taints that the pod didn't tolerate");
  }
  return undefined;
}

/** Slashes and dots may stand for each other. */
function unsafeSysctl(pod: Pod): string | undefined {
  return pod.spec?.securityContext?.sysctls?.map((s) => s.name).find((name) => !safeSysctls.has(name.replaceAll('/', '.')));
}

function lackingResource(pod: Pod, allocatable: ReadonlyMap<string, number>, others: readonly Pod[]): Refusal | undefined {
  const lacking = (resource: string, requested: number, used: number): Refusal | undefined => {
    const capacity = allocatable.get(resource);
    if (capacity === undefined || requested === 0 || requested + used <= capacity) return undefined;
    const message = `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`;
    return { reason: `OutOf${resource}`, message };
  };
  const tooMany = lacking('pods', 1, others.length);
  if (tooMany) return tooMany;
  for (const [resource, requested] of podRequests(pod)) {
    const used = others.reduce((sum, p) => sum + (podRequests(p).get(resource) ?? 0), 0);
    const refusal = lacking(resource, requested, used);
    if (refusal) return refusal;
  }
  return undefined;
}

interface HostPort {
  readonly protocol: string;
  readonly ip: string;
  readonly port: number;
}

function portsClash(pod: Pod, others: readonly Pod[]): boolean {
  const wanted = hostPorts(pod);
  if (wanted.length === 0) return false;
  const taken = others.flatMap(hostPorts);
  const everywhere = (ip: string) => ip === '' || ip === '0.0.0.0';
  return wanted.some((w) =>
    taken.some((t) => t.port === w.port && t.protocol === w.protocol && (everywhere(t.ip) || everywhere(w.ip) || t.ip === w.ip)),
  );
}

function hostPorts(pod: Pod): HostPort[] {
  if (!pod.spec) return [];
  return [...eachContainer(pod.spec)].flatMap(([c]) =>
    (c.ports ?? []).flatMap((p) => (p.hostPort ? [{ protocol: p.protocol ?? 'TCP', ip: p.hostIP ?? '', port: p.hostPort }] : [])),
  );
}
