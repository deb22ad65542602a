import { amountsOf, type Container, type Pod, qosClass, type ResourceAmounts } from '../api/index.ts';
import type { LinuxContainerResources } from '../cri/index.ts';

const cpuPeriodMicros = 100_000;
/** The kernel takes no quota below a millisecond, no share below 2. */
const minQuotaMicros = 1_000;
const minShares = 2;
const maxShares = 262_144;

/** cpu.shares of a request in thousandths of a core. */
export function cpuShares(milliCpu: number): number {
  return Math.min(maxShares, Math.max(minShares, Math.floor((milliCpu * 1024) / 1000)));
}

/** Limits as the kernel takes them. */
export function resourcesOf(requests: ResourceAmounts, limits: ResourceAmounts): LinuxContainerResources {
  const cpuLimit = limits.get('cpu') ?? 0;
  const memory = limits.get('memory') ?? 0;
  const request = requests.get('cpu') ?? cpuLimit;
  return {
    cpuShares: cpuShares(request),
    ...(cpuLimit > 0 ? { cpuPeriod: cpuPeriodMicros, cpuQuota: Math.max(minQuotaMicros, (cpuLimit * cpuPeriodMicros) / 1000) } : {}),
    ...(memory > 0 ? { memoryLimitInBytes: memory } : {}),
  };
}

export function containerResources(pod: Pod, container: Container, nodeMemoryBytes: number): LinuxContainerResources {
  return {
    ...resourcesOf(amountsOf(container.resources?.requests), amountsOf(container.resources?.limits)),
    oomScoreAdj: oomScoreAdj(pod, container, nodeMemoryBytes),
  };
}

/** Who asked for more of the node's memory is killed later (upstream's GetContainerOOMScoreAdjust). */
export function oomScoreAdj(pod: Pod, container: Container, nodeMemoryBytes: number): number {
  if ((pod.spec?.priority ?? 0) >= 2_000_001_000) return -997;
  const qos = qosClass(pod);
  if (qos === 'Guaranteed') return -997;
  if (qos === 'BestEffort') return 1000;
  const request = amountsOf(container.resources?.requests).get('memory') ?? 0;
  const score = Math.floor(1000 - (1000 * request) / nodeMemoryBytes);
  return Math.min(999, Math.max(3, score));
}
