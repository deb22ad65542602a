import type { ContainerState, ContainerStatus, CriRuntime, PodSandboxStatus } from '../cri/index.ts';
import { isCriError } from '../cri/index.ts';
import { annotations, labels } from './runtime-labels.ts';

/** A container of a pod as the runtime has it. Times are milliseconds since the Unix epoch, 0 for what has not come. */
export interface RuntimeContainer {
  readonly id: string;
  readonly name: string;
  readonly sandboxId: string;
  readonly state: ContainerState;
  readonly createdAtMs: number;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly exitCode: number;
  readonly reason: string;
  readonly message: string;
  readonly image: string;
  readonly imageId: string;
  /** Of the part of the spec whose change asks for a new container. */
  readonly hash: string;
  readonly restartCount: number;
  readonly logPath: string;
  readonly user?: { readonly uid: number; readonly gid: number; readonly supplementalGroups: readonly number[] };
}

export interface RuntimeSandbox {
  readonly id: string;
  readonly ready: boolean;
  readonly attempt: number;
  readonly createdAtMs: number;
  readonly ips: readonly string[];
  readonly hostNetwork: boolean;
}

/** What the runtime has of one pod: newest sandboxes and containers first. */
export interface RuntimePod {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly sandboxes: readonly RuntimeSandbox[];
  readonly containers: readonly RuntimeContainer[];
}

/** The newest container of that name. */
export function newestContainer(pod: RuntimePod, name: string): RuntimeContainer | undefined {
  return pod.containers.find((c) => c.name === name);
}

const toMs = (nanos: bigint) => (nanos <= 0n ? 0 : Number(nanos / 1_000_000n));

/** Asks the runtime for all that it has of a pod. What vanishes between the calls is left out. */
export async function readRuntimePod(runtime: CriRuntime, pod: { readonly uid: string; readonly name: string; readonly namespace: string }): Promise<RuntimePod> {
  const filter = { labelSelector: { [labels.podUid]: pod.uid } };
  const [sandboxes, containers] = await Promise.all([runtime.listPodSandbox(filter), runtime.listContainers(filter)]);
  const [sandboxStatuses, containerStatuses] = await Promise.all([
    Promise.all(sandboxes.map((s) => orGone(runtime.podSandboxStatus(s.id).then((r) => sandboxOf(r.status))))),
    Promise.all(containers.map((c) => orGone(runtime.containerStatus(c.id).then((r) => containerOf(r.status, c.podSandboxId))))),
  ]);
  return {
    ...pod,
    sandboxes: newestFirst(sandboxStatuses.filter((s) => s !== undefined)),
    containers: newestFirst(containerStatuses.filter((c) => c !== undefined)),
  };
}

function newestFirst<T extends { readonly createdAtMs: number }>(items: readonly T[]): T[] {
  return items.toSorted((a, b) => b.createdAtMs - a.createdAtMs);
}

async function orGone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (e) {
    if (isCriError(e, 'NOT_FOUND')) return undefined;
    throw e;
  }
}

function sandboxOf(s: PodSandboxStatus): RuntimeSandbox {
  const { ip = '', additionalIps = [] } = s.network ?? {};
  return {
    id: s.id,
    ready: s.state === 'SANDBOX_READY',
    attempt: s.metadata?.attempt ?? 0,
    createdAtMs: toMs(s.createdAt),
    ips: [ip, ...additionalIps.map((a) => a.ip)].filter((x) => x !== ''),
    hostNetwork: s.linux?.namespaces?.options?.network === 'NODE',
  };
}

function containerOf(c: ContainerStatus, sandboxId: string): RuntimeContainer {
  const user = c.user?.linux;
  return {
    id: c.id,
    name: c.labels[labels.containerName] ?? c.metadata?.name ?? '',
    sandboxId,
    state: c.state,
    createdAtMs: toMs(c.createdAt),
    startedAtMs: toMs(c.startedAt),
    finishedAtMs: toMs(c.finishedAt),
    exitCode: c.exitCode,
    reason: c.reason,
    message: c.message,
    image: c.image?.image ?? '',
    imageId: c.imageRef,
    hash: c.annotations[annotations.hash] ?? '',
    restartCount: Number(c.annotations[annotations.restartCount] ?? c.metadata?.attempt ?? 0),
    logPath: c.logPath,
    ...(user ? { user } : {}),
  };
}
