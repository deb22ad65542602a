import type { ContainerStatus, Pod, PodFailurePolicy, PodFailurePolicyRule } from '../../api/index.ts';

/** What a Job's podFailurePolicy says of one failed Pod. `message` is there for FailJob. */
export interface PolicyMatch {
  readonly action: 'FailJob' | 'FailIndex' | 'Ignore' | 'Count';
  readonly message: string;
}

/** The first rule that fits; undefined when none does, which counts as Count. Pure. */
export function matchFailurePolicy(policy: PodFailurePolicy | undefined, pod: Pod): PolicyMatch | undefined {
  const { namespace = '', name = '' } = pod.metadata ?? {};
  for (const [i, rule] of (policy?.rules ?? []).entries()) {
    const action = rule.action as PolicyMatch['action'];
    const status = matchingContainer(rule, pod);
    if (status !== undefined) {
      const code = status.state?.terminated?.exitCode ?? 0;
      return {
        action,
        message: `Container ${status.name} for pod ${namespace}/${name} failed with exit code ${code} matching ${action} rule at index ${i}`,
      };
    }
    const condition = matchingCondition(rule, pod);
    if (condition !== undefined)
      return { action, message: `Pod ${namespace}/${name} has condition ${condition} matching ${action} rule at index ${i}` };
  }
  return undefined;
}

function matchingContainer(rule: PodFailurePolicyRule, pod: Pod): ContainerStatus | undefined {
  const wanted = rule.onExitCodes;
  if (wanted === undefined) return undefined;
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  return statuses.find((status) => {
    const code = status.state?.terminated?.exitCode;
    if (code === undefined || code === 0) return false;
    if (wanted.containerName !== undefined && wanted.containerName !== status.name) return false;
    return wanted.values.includes(code) === (wanted.operator === 'In');
  });
}

function matchingCondition(rule: PodFailurePolicyRule, pod: Pod): string | undefined {
  const patterns = rule.onPodConditions ?? [];
  return patterns.find((p) => pod.status?.conditions?.some((c) => c.type === p.type && c.status === (p.status ?? 'True')))?.type;
}
