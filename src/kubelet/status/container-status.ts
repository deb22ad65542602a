import { formatTime } from '../../apimachinery/index.ts';
import type { Container, ContainerState, ContainerStatus, EphemeralContainer, Pod, ResourceRequirements } from '../../api/index.ts';
import { shouldRestart } from '../plan.ts';
import { hasExited, isRunning, type PodRuntime, type RuntimeContainer } from '../pod-runtime.ts';
import { annotations } from '../runtime-labels.ts';

export type ContainerKind = 'init' | 'app' | 'ephemeral';

export interface ContainerFacts {
  readonly pod: Pod;
  readonly runtime: PodRuntime;
  /** Why a container does not run, by name. */
  readonly waiting: ReadonlyMap<string, { readonly reason: string; readonly message: string }>;
  isReady(container: RuntimeContainer): boolean;
  isStarted(container: RuntimeContainer): boolean;
  terminationMessage(container: RuntimeContainer): string;
  /** What a running container has been given; what its spec says when absent. */
  resources?(container: Container, running: RuntimeContainer): ResourceRequirements;
  /** All has ended and nothing is started any more: what cannot be found is told as lost. */
  readonly over?: boolean;
}

/** The statuses of one kind of a pod's containers, in the spec's order. */
export function containerStatuses(kind: ContainerKind, facts: ContainerFacts): ContainerStatus[] {
  const { spec, status } = facts.pod;
  const containers: readonly (Container | EphemeralContainer)[] =
    (kind === 'init' ? spec?.initContainers : kind === 'app' ? spec?.containers : spec?.ephemeralContainers) ?? [];
  const before =
    (kind === 'init' ? status?.initContainerStatuses : kind === 'app' ? status?.containerStatuses : status?.ephemeralContainerStatuses) ?? [];
  return containers.map((container) => statusOf(container, { kind, facts, before: before.find((s) => s.name === container.name) }));
}

interface Context {
  readonly kind: ContainerKind;
  readonly facts: ContainerFacts;
  /** As the API was last told. */
  readonly before: ContainerStatus | undefined;
}

function statusOf(container: Container | EphemeralContainer, context: Context): ContainerStatus {
  const { kind, facts, before } = context;
  const all = facts.runtime.containers.filter((c) => c.containerName === container.name);
  const [newest, ...earlier] = all;
  const state = newest ? stateOf(container, newest, context) : missingState(context, container);
  const shown = state.terminated?.containerID;
  const lastEnded = (newest && hasExited(newest) && !shown ? all : earlier).find(hasExited);
  const running = newest !== undefined && isRunning(newest);
  const runsToEnd = kind === 'init' && container.restartPolicy !== 'Always';
  const ready = runsToEnd ? state.terminated?.exitCode === 0 : kind !== 'ephemeral' && running && facts.isReady(newest);
  return {
    name: container.name,
    state,
    lastState: lastEnded ? { terminated: terminated(lastEnded, facts) } : keptLastState(newest, before),
    ready,
    ...(kind === 'ephemeral' ? {} : { started: running && (runsToEnd || facts.isStarted(newest)) }),
    restartCount: newest ? Number(newest.annotations[annotations.restartCount] ?? 0) : (before?.restartCount ?? 0),
    image: newest?.image?.image || newest?.image?.userSpecifiedImage || before?.image || container.image || '',
    imageID: newest?.imageRef ?? before?.imageID ?? '',
    ...idOf(newest, before),
    ...(running && kind !== 'ephemeral' ? resourcesOf(container, facts.resources?.(container, newest) ?? container.resources ?? {}) : {}),
    ...(newest && container.volumeMounts && container.volumeMounts.length > 0 ? { volumeMounts: container.volumeMounts.map(mountStatus) } : {}),
    ...(running ? userOf(newest) : {}),
  };
}

function idOf(newest: RuntimeContainer | undefined, before: ContainerStatus | undefined): { readonly containerID?: string } {
  if (newest) return { containerID: containerId(newest) };
  return before?.containerID ? { containerID: before.containerID } : {};
}

const containerId = (c: RuntimeContainer): string => `containerd://${c.id}`;

function stateOf(container: Container | EphemeralContainer, newest: RuntimeContainer, { kind, facts }: Context): ContainerState {
  if (isRunning(newest)) return { running: { startedAt: time(newest.startedAt) } };
  const waiting = facts.over ? undefined : facts.waiting.get(container.name);
  if (hasExited(newest) && !(waiting && restarts(container, newest, { kind, facts }))) return { terminated: terminated(newest, facts) };
  return waitingState(container, { kind, facts });
}

function restarts(container: Container, newest: RuntimeContainer, { kind, facts }: Pick<Context, 'kind' | 'facts'>): boolean {
  if (kind === 'ephemeral') return false;
  // An init container that passed is done, whatever the pod's policy; a sidecar never is.
  if (kind === 'init' && container.restartPolicy !== 'Always' && newest.exitCode === 0) return false;
  return shouldRestart(facts.pod, container, newest.exitCode);
}

function waitingState(container: Container | EphemeralContainer, { kind, facts }: Pick<Context, 'kind' | 'facts'>): ContainerState {
  const waiting = facts.waiting.get(container.name);
  if (waiting) return { waiting: waiting.message === '' ? { reason: waiting.reason } : waiting };
  // As upstream has it, those that wait for their turn are initializing once the pod has init containers.
  const initializing = kind !== 'ephemeral' && (facts.pod.spec?.initContainers ?? []).length > 0 && !appsStarted(facts);
  return { waiting: { reason: initializing ? 'PodInitializing' : 'ContainerCreating' } };
}

function appsStarted({ pod, runtime }: ContainerFacts): boolean {
  return (pod.spec?.containers ?? []).some((c) => runtime.containers.some((r) => r.containerName === c.name));
}

/** A container the runtime does not know: not made yet, made long ago, or lost. */
function missingState(context: Context, container: Container | EphemeralContainer): ContainerState {
  const { facts, before } = context;
  if (before?.state?.terminated) return { terminated: before.state.terminated };
  if (facts.over && before?.state?.running) {
    return {
      terminated: { exitCode: 137, reason: 'ContainerStatusUnknown', message: 'The container could not be located when the pod was terminated' },
    };
  }
  return waitingState(container, context);
}

/** What the API knows of an ended predecessor that the runtime has dropped. */
function keptLastState(newest: RuntimeContainer | undefined, before: ContainerStatus | undefined): ContainerState {
  if (!before) return {};
  const other = before.state?.terminated;
  if (newest && other && other.containerID !== containerId(newest)) return { terminated: other };
  return before.lastState ?? {};
}

function terminated(container: RuntimeContainer, facts: ContainerFacts): NonNullable<ContainerState['terminated']> {
  const message = facts.terminationMessage(container) || container.message;
  return {
    exitCode: container.exitCode,
    reason: container.reason || (container.exitCode === 0 ? 'Completed' : 'Error'),
    ...(message ? { message } : {}),
    startedAt: time(container.startedAt),
    finishedAt: time(container.finishedAt),
    containerID: containerId(container),
  };
}

const time = (nanos: bigint): string => formatTime(Number(nanos / 1_000_000n));

function resourcesOf(container: Container, { requests, limits }: ResourceRequirements): Pick<ContainerStatus, 'resources' | 'allocatedResources'> {
  return {
    ...(container.resources?.requests && requests ? { allocatedResources: requests } : {}),
    resources: { ...(limits ? { limits } : {}), ...(requests ? { requests } : {}) },
  };
}

function mountStatus(m: NonNullable<Container['volumeMounts']>[number]) {
  return {
    name: m.name,
    mountPath: m.mountPath,
    ...(m.readOnly ? { readOnly: true, recursiveReadOnly: m.recursiveReadOnly === 'Enabled' ? 'Enabled' : 'Disabled' } : {}),
  };
}

function userOf(container: RuntimeContainer): Pick<ContainerStatus, 'user'> {
  const user = container.user?.linux;
  return user ? { user: { linux: { uid: user.uid, gid: user.gid, supplementalGroups: user.supplementalGroups } } } : {};
}
