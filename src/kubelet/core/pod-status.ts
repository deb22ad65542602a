import { formatTime } from '../../apimachinery/index.ts';
import { type Container, type ContainerState, type ContainerStatus, type Pod, type PodCondition, type PodStatus, qosClass } from '../../api/index.ts';
import { isFinished, newestOf, shouldRestart } from './plan.ts';
import { hasExited, isRunning, type PodRuntime, readySandbox, type RuntimeContainer } from './pod-runtime.ts';
import { annotations } from './runtime-labels.ts';

export interface StatusInput {
  readonly pod: Pod;
  readonly runtime: PodRuntime;
  /** Why a container does not run, by name. */
  readonly waiting: ReadonlyMap<string, { readonly reason: string; readonly message: string }>;
  isReady(container: RuntimeContainer): boolean;
  isStarted(container: RuntimeContainer): boolean;
  terminationMessage(container: RuntimeContainer): string;
  readonly hostIP: string;
  readonly nowMs: number;
  /** Set when the pod was ended by the kubelet itself: Failed with this reason. */
  readonly failure?: { readonly reason: string; readonly message: string };
}

/** What the API is told of a pod. Pure. */
export function podStatus(input: StatusInput): PodStatus {
  const { pod, runtime, hostIP } = input;
  const old = pod.status;
  const containerStatuses = (pod.spec?.containers ?? []).map((c) => statusOf(c, input, 'app'));
  const initContainerStatuses = (pod.spec?.initContainers ?? []).map((c) => statusOf(c, input, 'init'));
  const phase = input.failure ? 'Failed' : podPhase(pod, runtime);
  const podIPs = pod.spec?.hostNetwork ? [hostIP] : runtime.podIPs.length > 0 ? runtime.podIPs : (old?.podIPs ?? []).map((i) => i.ip);
  const first = podIPs[0];
  return {
    ...(old?.nominatedNodeName ? { nominatedNodeName: old.nominatedNodeName } : {}),
    observedGeneration: pod.metadata?.generation ?? 0,
    phase,
    conditions: conditions(input, { phase, containerStatuses, initContainerStatuses }),
    ...(input.failure ? input.failure : {}),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(first === undefined ? {} : { podIP: first, podIPs: podIPs.map((ip) => ({ ip })) }),
    startTime: old?.startTime ?? formatTime(input.nowMs),
    ...(initContainerStatuses.length > 0 ? { initContainerStatuses } : {}),
    containerStatuses,
    qosClass: qosClass(pod),
  };
}

export function podPhase(pod: Pod, runtime: PodRuntime): string {
  const apps = pod.spec?.containers ?? [];
  const failedInit = (pod.spec?.initContainers ?? []).some((c) => {
    const status = newestOf(runtime, c.name);
    return c.restartPolicy !== 'Always' && status && hasExited(status) && status.exitCode !== 0 && pod.spec?.restartPolicy === 'Never';
  });
  if (failedInit) return 'Failed';
  const statuses = apps.map((c) => newestOf(runtime, c.name));
  if (isFinished(pod, runtime)) return statuses.every((s) => s?.exitCode === 0) ? 'Succeeded' : 'Failed';
  return statuses.every((s) => s !== undefined && s.state !== 'CONTAINER_CREATED') ? 'Running' : 'Pending';
}

const time = (nanos: bigint): string => formatTime(Number(nanos / 1_000_000n));

function statusOf(container: Container, input: StatusInput, kind: 'app' | 'init'): ContainerStatus {
  const all = input.runtime.containers.filter((c) => c.containerName === container.name);
  const newest = all[0];
  const restartCount = newest ? Number(newest.annotations[annotations.restartCount] ?? 0) : 0;
  const state = stateOf(container, newest, input, kind);
  const lastEnded = state.terminated ? all.slice(1).find(hasExited) : all.find(hasExited);
  const running = newest !== undefined && isRunning(newest);
  const done = kind === 'init' && container.restartPolicy !== 'Always';
  return {
    name: container.name,
    state,
    lastState: lastEnded ? { terminated: terminated(lastEnded, input) } : {},
    ready: done ? newest !== undefined && hasExited(newest) && newest.exitCode === 0 : running && input.isReady(newest),
    started: running && (done || input.isStarted(newest)),
    restartCount,
    image: newest?.image?.userSpecifiedImage || container.image || '',
    imageID: newest?.imageRef ?? '',
    ...(newest ? { containerID: `containerd://${newest.id}` } : {}),
  };
}

function stateOf(container: Container, newest: RuntimeContainer | undefined, input: StatusInput, kind: 'app' | 'init'): ContainerState {
  const waiting = input.waiting.get(container.name);
  if (newest && isRunning(newest)) return { running: { startedAt: time(newest.startedAt) } };
  if (newest && hasExited(newest) && !(waiting && restarts(container, newest, input, kind))) return { terminated: terminated(newest, input) };
  if (waiting) return { waiting: waiting.message === '' ? { reason: waiting.reason } : waiting };
  const initializing = kind === 'app' && (input.pod.spec?.initContainers ?? []).length > 0;
  return { waiting: { reason: initializing ? 'PodInitializing' : 'ContainerCreating' } };
}

function restarts(container: Container, newest: RuntimeContainer, { pod }: StatusInput, kind: 'app' | 'init'): boolean {
  if (kind === 'app') return shouldRestart(pod, container, newest.exitCode);
  return container.restartPolicy === 'Always' || (newest.exitCode !== 0 && pod.spec?.restartPolicy !== 'Never');
}

function terminated(container: RuntimeContainer, input: StatusInput): NonNullable<ContainerState['terminated']> {
  const message = input.terminationMessage(container) || container.message;
  return {
    exitCode: container.exitCode,
    reason: container.reason || (container.exitCode === 0 ? 'Completed' : 'Error'),
    ...(message ? { message } : {}),
    startedAt: time(container.startedAt),
    finishedAt: time(container.finishedAt),
    containerID: `containerd://${container.id}`,
  };
}

interface Parts {
  readonly phase: string;
  readonly containerStatuses: readonly ContainerStatus[];
  readonly initContainerStatuses: readonly ContainerStatus[];
}

type Verdict = Pick<PodCondition, 'status'> & { readonly reason?: string; readonly message?: string };

function conditions(input: StatusInput, parts: Parts): PodCondition[] {
  const { pod, runtime } = input;
  const ready = containersReady(input, parts);
  const sandbox = readySandbox(runtime);
  const hasNetwork = sandbox !== undefined && (pod.spec?.hostNetwork === true || runtime.podIPs.length > 0);
  const own: (readonly [string, Verdict])[] = [
    ['PodReadyToStartContainers', { status: hasNetwork ? 'True' : 'False' }],
    ['Initialized', initialized(pod, parts)],
    ['Ready', podReady(pod, ready)],
    ['ContainersReady', ready],
  ];
  const old = pod.status?.conditions ?? [];
  const made = own.map(([type, verdict]) => condition(type, verdict, { pod, old, nowMs: input.nowMs }));
  const names = new Set(own.map(([type]) => type));
  return [...made, ...old.filter((c) => !names.has(c.type))];
}

function condition(type: string, verdict: Verdict, { pod, old, nowMs }: { readonly pod: Pod; readonly old: readonly PodCondition[]; readonly nowMs: number }): PodCondition {
  const before = old.find((c) => c.type === type);
  const lastTransitionTime = before?.status === verdict.status ? (before.lastTransitionTime ?? formatTime(nowMs)) : formatTime(nowMs);
  return { type, observedGeneration: pod.metadata?.generation ?? 0, lastTransitionTime, ...verdict };
}

function initialized(pod: Pod, { phase, initContainerStatuses }: Parts): Verdict {
  if (phase === 'Succeeded') return { status: 'True', reason: 'PodCompleted' };
  const sidecars = new Set((pod.spec?.initContainers ?? []).filter((c) => c.restartPolicy === 'Always').map((c) => c.name));
  const left = initContainerStatuses.filter((s) => (sidecars.has(s.name) ? !s.started : !s.ready)).map((s) => s.name);
  if (left.length === 0) return { status: 'True' };
  return { status: 'False', reason: 'ContainersNotInitialized', message: `containers with incomplete status: [${left.join(' ')}]` };
}

function containersReady({ pod }: StatusInput, { phase, containerStatuses, initContainerStatuses }: Parts): Verdict {
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  const sidecars = (pod.spec?.initContainers ?? []).filter((c) => c.restartPolicy === 'Always').map((c) => c.name);
  const relevant = [...initContainerStatuses.filter((s) => sidecars.includes(s.name)), ...containerStatuses];
  const unready = relevant.filter((s) => !s.ready).map((s) => s.name);
  if (unready.length === 0) return { status: 'True' };
  return { status: 'False', reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
}

function podReady(pod: Pod, containers: Verdict): Verdict {
  if (containers.status !== 'True') return containers;
  const problems = (pod.spec?.readinessGates ?? []).flatMap(({ conditionType }) => {
    const gate = pod.status?.conditions?.find((c) => c.type === conditionType);
    if (!gate) return [`corresponding condition of pod readiness gate ${JSON.stringify(conditionType)} does not exist.`];
    return gate.status === 'True' ? [] : [`the status of pod readiness gate ${JSON.stringify(conditionType)} is not "True", but ${gate.status}`];
  });
  return problems.length === 0 ? { status: 'True' } : { status: 'False', reason: 'ReadinessGatesNotReady', message: problems.join(', ') };
}
