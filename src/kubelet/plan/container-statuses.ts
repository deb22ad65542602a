import type { Container, ContainerState, ContainerStatus, EphemeralContainer, Pod } from '../../api/index.ts';
import { formatTime } from '../../apimachinery/index.ts';
import type { RuntimeContainer, RuntimePod } from '../runtime-pod.ts';
import { wasInitialized } from './init-actions.ts';
import { shouldContainerStart } from './restart.ts';

/** Why a container could not be brought up at the last try. */
export interface StartFailure {
  readonly reason: string;
  readonly message: string;
}

export interface ContainerFacts {
  readonly runtime: RuntimePod;
  /** By container name. */
  readonly failures: ReadonlyMap<string, StartFailure>;
  /** Termination messages by container id, read once a container has ended. */
  readonly messages: ReadonlyMap<string, string>;
  /** Name of the runtime, as container ids are prefixed: `containerd://…`. */
  readonly runtimeName: string;
  /** `Started` and `ready` by container id: what the probes say of running containers. */
  readonly started: (container: Container, id: string) => boolean;
  readonly ready: (container: Container, id: string) => boolean;
  /** All has ended and nothing will be started: what cannot be found is told as lost. */
  readonly over: boolean;
}

export type StatusKind = 'init' | 'regular' | 'ephemeral';

/** The statuses of one kind of a pod's containers, in the spec's order. */
export function containerStatuses(pod: Pod, kind: StatusKind, facts: ContainerFacts): ContainerStatus[] {
  const { spec, status } = pod;
  const containers: readonly (Container | EphemeralContainer)[] =
    (kind === 'init' ? spec?.initContainers : kind === 'regular' ? spec?.containers : spec?.ephemeralContainers) ?? [];
  const before = (kind === 'init' ? status?.initContainerStatuses : kind === 'regular' ? status?.containerStatuses : status?.ephemeralContainerStatuses) ?? [];
  const initialized = wasInitialized(pod, facts.runtime) || (spec?.initContainers ?? []).length === 0;
  const waiting = kind !== 'regular' || initialized ? (kind === 'init' && !initialized ? 'PodInitializing' : 'ContainerCreating') : 'PodInitializing';
  return containers.map((container) =>
    oneStatus(pod, container, { kind, facts, waiting, before: before.find((s) => s.name === container.name) }),
  );
}

interface Context {
  readonly kind: StatusKind;
  readonly facts: ContainerFacts;
  readonly waiting: string;
  readonly before: ContainerStatus | undefined;
}

function oneStatus(pod: Pod, container: Container | EphemeralContainer, { kind, facts, waiting, before }: Context): ContainerStatus {
  const all = facts.runtime.containers.filter((c) => c.name === container.name);
  const [newest, previous] = all;
  const running = newest?.state === 'CONTAINER_RUNNING';
  const restartCount = newest ? newest.restartCount : (before?.restartCount ?? 0);
  const base = newest ? stateOf(newest, { facts, waiting }) : missingState(before, { over: facts.over, waiting });
  const last: ContainerState | undefined = previous && previous.state === 'CONTAINER_EXITED' ? { terminated: terminated(previous, facts) } : newest ? lastStateKept(before, newest) : before?.lastState;
  const failure = facts.failures.get(container.name);
  const failed = !facts.over && failure !== undefined && !running && (kind === 'ephemeral' ? !newest : shouldContainerStart(pod, container, newest));
  const state: ContainerState = failed ? { waiting: failure } : base;
  const lastState = failed && base.terminated ? { terminated: base.terminated } : (last ?? {});
  const started = running && facts.started(container, newest.id);
  const ready = readiness(kind, { running, started, container, newest, facts });
  return {
    name: container.name,
    state,
    lastState,
    ready,
    restartCount,
    image: container.image && newest === undefined ? container.image : (newest?.image ?? container.image ?? ''),
    imageID: newest?.imageId ?? before?.imageID ?? '',
    ...containerIdOf(newest, before, facts),
    ...(kind === 'ephemeral' ? {} : { started: kind === 'init' && container.restartPolicy !== 'Always' ? running : started }),
    ...(running && kind !== 'ephemeral' && container.resources ? runningResources(container) : {}),
    ...(container.volumeMounts && newest ? { volumeMounts: container.volumeMounts.map(mountStatus) } : {}),
    ...(newest?.user && running ? { user: { linux: { uid: newest.user.uid, gid: newest.user.gid, supplementalGroups: newest.user.supplementalGroups } } } : {}),
  };
}

function containerIdOf(newest: RuntimeContainer | undefined, before: ContainerStatus | undefined, facts: ContainerFacts): { readonly containerID?: string } {
  if (newest) return { containerID: `${facts.runtimeName}://${newest.id}` };
  return before?.containerID ? { containerID: before.containerID } : {};
}

function mountStatus(m: NonNullable<Container['volumeMounts']>[number]) {
  return { name: m.name, mountPath: m.mountPath, ...(m.readOnly ? { readOnly: true, recursiveReadOnly: 'Disabled' } : {}) };
}

function runningResources(container: Container) {
  const { requests, limits } = container.resources ?? {};
  if (!requests && !limits) return { resources: {} };
  return {
    ...(requests ? { allocatedResources: requests } : {}),
    resources: { ...(limits ? { limits } : {}), ...(requests ? { requests } : {}) },
  };
}

interface ReadinessFacts {
  readonly running: boolean;
  readonly started: boolean;
  readonly container: Container;
  readonly newest: RuntimeContainer | undefined;
  readonly facts: ContainerFacts;
}

function readiness(kind: StatusKind, { running, started, container, newest, facts }: ReadinessFacts): boolean {
  if (kind === 'ephemeral') return false;
  if (kind === 'init' && container.restartPolicy !== 'Always') return newest?.state === 'CONTAINER_EXITED' && newest.exitCode === 0;
  return running && started && facts.ready(container, newest!.id);
}

function stateOf(c: RuntimeContainer, { facts, waiting }: { readonly facts: ContainerFacts; readonly waiting: string }): ContainerState {
  switch (c.state) {
    case 'CONTAINER_RUNNING':
      return { running: { startedAt: formatTime(c.startedAtMs) } };
    case 'CONTAINER_EXITED':
      return { terminated: terminated(c, facts) };
    default:
      return { waiting: { reason: waiting } };
  }
}

function terminated(c: RuntimeContainer, facts: ContainerFacts): NonNullable<ContainerState['terminated']> {
  const message = facts.messages.get(c.id) || c.message;
  return {
    exitCode: c.exitCode,
    reason: c.reason || (c.exitCode === 0 ? 'Completed' : 'Error'),
    ...(message ? { message } : {}),
    ...(c.startedAtMs ? { startedAt: formatTime(c.startedAtMs) } : { startedAt: formatTime(c.createdAtMs) }),
    finishedAt: formatTime(c.finishedAtMs),
    containerID: `${facts.runtimeName}://${c.id}`,
  };
}

/** What the API last told of an ended predecessor that the runtime has dropped. */
function lastStateKept(before: ContainerStatus | undefined, newest: RuntimeContainer): ContainerState | undefined {
  if (newest.restartCount === 0 || !before) return undefined;
  if (before.state?.terminated && !before.containerID?.endsWith(newest.id)) return { terminated: before.state.terminated };
  return before.lastState;
}

/** A container the runtime does not know: not made yet, or lost. */
function missingState(before: ContainerStatus | undefined, { over, waiting }: { readonly over: boolean; readonly waiting: string }): ContainerState {
  if (before?.state?.terminated) return { terminated: before.state.terminated };
  if (over && before?.state?.running) {
    return { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown', message: 'The container could not be located when the pod was terminated' } };
  }
  return { waiting: { reason: waiting } };
}
