import { type Pod, type PodStatus, qosClass } from '../../api/index.ts';
import { formatTime } from '../../apimachinery/index.ts';
import { type ContainerFacts, containerStatuses } from './container-statuses.ts';
import { podConditions } from './pod-conditions.ts';
import { type PodPhase, podPhase } from './pod-phase.ts';

/** A pod that the kubelet ended or refused: its phase is Failed for this reason. */
export interface PodFailure {
  readonly reason: string;
  readonly message: string;
}

export interface StatusFacts extends ContainerFacts {
  readonly nowMs: number;
  readonly hostIPs: readonly string[];
  readonly failure?: PodFailure | undefined;
  /** When this kubelet first saw the pod, unless the API knows better. */
  readonly startTimeMs: number;
  /** Containers may still run: a phase that says they do not is held back. */
  readonly mayRun: boolean;
}

/** The status that the API is to show, made from the spec, the runtime and the status before. */
export function podStatus(pod: Pod, facts: StatusFacts): { readonly status: PodStatus; readonly phase: PodPhase } {
  const init = containerStatuses(pod, 'init', facts);
  const regular = containerStatuses(pod, 'regular', facts);
  const ephemeral = containerStatuses(pod, 'ephemeral', facts);
  const before = pod.status;
  const ended = before?.phase === 'Succeeded' || before?.phase === 'Failed' ? before.phase : undefined;
  const phase = ended ?? (facts.failure ? 'Failed' : podPhase(pod, { init, regular }, facts.over));
  const terminal = phase === 'Succeeded' || phase === 'Failed';
  const shown = terminal && facts.mayRun && !ended ? ((before?.phase as PodPhase | undefined) ?? 'Pending') : phase;
  const [sandbox] = facts.runtime.sandboxes;
  const hostNetwork = pod.spec?.hostNetwork ?? false;
  const ips = hostNetwork ? facts.hostIPs : (sandbox?.ips ?? []);
  const podIPs = ips.length > 0 ? ips : (before?.podIPs ?? []).map((i) => i.ip);
  const failure = facts.failure ?? (ended && before?.reason ? { reason: before.reason, message: before.message ?? '' } : undefined);
  const conditions = podConditions(pod, { init, regular }, { phase, sandboxReady: sandbox?.ready ?? false, nowMs: facts.nowMs });
  const status: PodStatus = {
    ...(pod.metadata?.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
    phase: shown,
    conditions,
    ...(failure ? { reason: failure.reason, message: failure.message } : {}),
    hostIP: facts.hostIPs[0] ?? '',
    hostIPs: facts.hostIPs.map((ip) => ({ ip })),
    ...(podIPs.length > 0 ? { podIP: podIPs[0]!, podIPs: podIPs.map((ip) => ({ ip })) } : {}),
    startTime: before?.startTime ?? formatTime(facts.startTimeMs),
    ...(init.length > 0 ? { initContainerStatuses: init } : {}),
    containerStatuses: regular,
    ...(ephemeral.length > 0 ? { ephemeralContainerStatuses: ephemeral } : {}),
    qosClass: before?.qosClass ?? qosClass(pod),
  };
  return { status, phase };
}
