import type { ContainerStatus, CriRuntime, PodSandbox } from '../../cri/index.ts';
import { labels } from './runtime-labels.ts';

/** A container as the runtime shows it, with the sandbox it lives in. */
export interface RuntimeContainer extends ContainerStatus {
  readonly podSandboxId: string;
  readonly containerName: string;
}

/** What runs, or has run, of one pod. Newest first. */
export interface PodRuntime {
  readonly sandboxes: readonly PodSandbox[];
  readonly containers: readonly RuntimeContainer[];
  /** Addresses of the newest sandbox; none for host network or before it is ready. */
  readonly podIPs: readonly string[];
}

export const nothingRuns: PodRuntime = { sandboxes: [], containers: [], podIPs: [] };

export function readySandbox(runtime: PodRuntime): PodSandbox | undefined {
  const newest = runtime.sandboxes[0];
  return newest?.state === 'SANDBOX_READY' ? newest : undefined;
}

export const isRunning = (c: RuntimeContainer): boolean => c.state === 'CONTAINER_RUNNING';
export const hasExited = (c: RuntimeContainer): boolean => c.state === 'CONTAINER_EXITED';

/** Reads a pod's state from the runtime; what can no longer change (ended containers, addresses of a sandbox) is asked once. */
export class PodRuntimeReader {
  readonly #runtime: CriRuntime;
  readonly #ended = new Map<string, ContainerStatus>();
  readonly #addresses = new Map<string, readonly string[]>();

  constructor(runtime: CriRuntime) {
    this.#runtime = runtime;
  }

  async read(uid: string): Promise<PodRuntime> {
    const labelSelector = { [labels.podUid]: uid };
    const [sandboxes, containers] = await Promise.all([
      this.#runtime.listPodSandbox({ labelSelector }),
      this.#runtime.listContainers({ labelSelector }),
    ]);
    const sorted = [...sandboxes].toSorted((a, b) => newer(a.createdAt, b.createdAt));
    const statuses = await Promise.all(
      containers.map(async (c): Promise<RuntimeContainer> => {
        const status = await this.#statusOf(c.id, c.state === 'CONTAINER_EXITED');
        return { ...status, podSandboxId: c.podSandboxId, containerName: c.labels[labels.containerName] ?? '' };
      }),
    );
    const newest = sorted[0];
    this.#forgetOthers(new Set(containers.map((c) => c.id)), newest?.id);
    return {
      sandboxes: sorted,
      containers: statuses.toSorted((a, b) => newer(a.createdAt, b.createdAt)),
      podIPs: newest?.state === 'SANDBOX_READY' ? await this.#addressesOf(newest.id) : [],
    };
  }

  async #statusOf(id: string, ended: boolean): Promise<ContainerStatus> {
    const known = this.#ended.get(id);
    if (known) return known;
    const { status } = await this.#runtime.containerStatus(id);
    if (ended && status.state === 'CONTAINER_EXITED') this.#ended.set(id, status);
    return status;
  }

  async #addressesOf(sandboxId: string): Promise<readonly string[]> {
    const known = this.#addresses.get(sandboxId);
    if (known) return known;
    const { status } = await this.#runtime.podSandboxStatus(sandboxId);
    const ips = [status.network?.ip ?? '', ...(status.network?.additionalIps ?? []).map((a) => a.ip)].filter((ip) => ip !== '');
    if (ips.length > 0) this.#addresses.set(sandboxId, ips);
    return ips;
  }

  #forgetOthers(containerIds: ReadonlySet<string>, sandboxId: string | undefined): void {
    for (const id of this.#ended.keys()) if (!containerIds.has(id)) this.#ended.delete(id);
    for (const id of this.#addresses.keys()) if (id !== sandboxId) this.#addresses.delete(id);
  }
}

function newer(a: bigint, b: bigint): number {
  return a === b ? 0 : a > b ? -1 : 1;
}
