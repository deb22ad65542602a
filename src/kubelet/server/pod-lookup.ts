import type { Container, ContainerStatus, Pod } from '../../api/index.ts';

/** What the server must know of the node's pods. Answers come from memory. */
export interface PodLookup {
  /** All pods of the node, with the newest status the kubelet has made. */
  list(): readonly Pod[];
  /** One of them. */
  find(namespace: string, name: string): Pod | undefined;
  /** The pod's newest sandbox that is ready; undefined when it has none. May ask the runtime. */
  sandboxId(pod: Pod): string | undefined | Promise<string | undefined>;
  /**
   * The newest container of that name by the runtime's word, for exec and attach; when absent the status' `containerID` is taken. It may lag
   * behind by a moment.
   */
  containerId?(pod: Pod, container: string): string | undefined | Promise<string | undefined>;
}

/** A container of any of the three lists. */
export function findContainer(pod: Pod, name: string): Pick<Container, 'name' | 'tty'> | undefined {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = pod.spec ?? {};
  return [...containers, ...initContainers, ...ephemeralContainers].find((c) => c.name === name);
}

export function findContainerStatus(pod: Pod, name: string): ContainerStatus | undefined {
  const { containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = pod.status ?? {};
  return [...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses].find((c) => c.name === name);
}

/** `containerd://ID` without its scheme; undefined for none. */
export function bareId(containerId: string | undefined): string | undefined {
  const id = containerId?.slice(containerId.indexOf('://') < 0 ? 0 : containerId.indexOf('://') + 3);
  return id === '' ? undefined : id;
}

/** Why there is no log to read: the text clients see, status 400. */
export interface NoLog {
  readonly error: string;
}

/** Which container's log is meant, by the pod's status, as upstream decides it. Pure. */
export function logContainer(pod: Pod, name: string, previous: boolean): { readonly id: string } | NoLog {
  const text = `container ${JSON.stringify(name)} in pod ${JSON.stringify(pod.metadata?.name ?? '')}`;
  const status = findContainerStatus(pod, name);
  if (!status) return { error: `${text} is not available` };
  const last = bareId(status.lastState?.terminated?.containerID);
  const { running, terminated, waiting } = status.state ?? {};
  if (previous) return last ? { id: last } : { error: `previous terminated ${text} not found` };
  const current = running ? bareId(status.containerID) : terminated ? bareId(terminated.containerID) : undefined;
  if (current) return { id: current };
  if (running) return { error: `${text} is not available` };
  if (last) return { id: last };
  if (terminated ?? status.lastState?.terminated) return { error: `${text} is terminated` };
  if (waiting) return { error: `${text} is waiting to start: ${waitingText(waiting.reason ?? '')}` };
  return { error: `${text} is waiting to start - no logs yet` };
}

function waitingText(reason: string): string {
  if (reason === 'ErrImagePull') return "image can't be pulled";
  if (reason === 'ImagePullBackOff') return 'trying and failing to pull image';
  return reason;
}
