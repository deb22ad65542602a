import { formatTime } from '../apimachinery/index.ts';
import { isPodTerminal, type PodStatus, qosClass } from '../api/index.ts';
import { readySandbox } from './pod-runtime.ts';
import type { ResizeState } from './resize.ts';
import { type ContainerFacts, containerStatuses } from './status/container-status.ts';
import { podConditions } from './status/pod-conditions.ts';
import { podPhase } from './status/pod-phase.ts';

export interface StatusInput extends ContainerFacts {
  readonly hostIP: string;
  readonly nowMs: number;
  readonly resize?: ResizeState | undefined;
  /** Set when the pod was ended by the kubelet itself: Failed with this reason. */
  readonly failure?: { readonly reason: string; readonly message: string };
}

/** What the API is told of a pod. A phase that says all has ended is never taken back. Pure. */
export function podStatus(input: StatusInput): PodStatus {
  const { pod, runtime, hostIP } = input;
  const old = pod.status;
  const init = containerStatuses('init', input);
  const app = containerStatuses('app', input);
  const ephemeral = containerStatuses('ephemeral', input);
  const ended = isPodTerminal(pod);
  const phase = ended ? old!.phase! : phaseOf(input, podPhase(pod, { init, app }, input.over));
  const podIPs = pod.spec?.hostNetwork ? [hostIP] : runtime.podIPs.length > 0 ? runtime.podIPs : (old?.podIPs ?? []).map((i) => i.ip);
  const first = podIPs[0];
  const failure = input.failure ?? (ended && old?.reason ? { reason: old.reason, message: old.message ?? '' } : undefined);
  const sandboxReady = readySandbox(runtime) !== undefined && (pod.spec?.hostNetwork === true || runtime.podIPs.length > 0);
  return {
    ...(old?.nominatedNodeName ? { nominatedNodeName: old.nominatedNodeName } : {}),
    observedGeneration: pod.metadata?.generation ?? 0,
    phase,
    conditions: podConditions(pod, { phase, init, app, sandboxReady, nowMs: input.nowMs, resize: input.resize }),
    ...failure,
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(first === undefined ? {} : { podIP: first, podIPs: podIPs.map((ip) => ({ ip })) }),
    startTime: old?.startTime ?? formatTime(input.nowMs),
    ...(init.length > 0 ? { initContainerStatuses: init } : {}),
    containerStatuses: app,
    ...(ephemeral.length > 0 ? { ephemeralContainerStatuses: ephemeral } : {}),
    qosClass: old?.qosClass ?? qosClass(pod),
  };
}

/** A pod that failed by the kubelet's word, or that is finished, is told so only once nothing of it runs. */
function phaseOf({ pod, runtime, failure }: StatusInput, computed: string): string {
  const phase = failure ? 'Failed' : computed;
  const runs = runtime.containers.some((c) => c.state === 'CONTAINER_RUNNING');
  return runs && (phase === 'Failed' || phase === 'Succeeded') ? (pod.status?.phase ?? 'Pending') : phase;
}
