import { type ContainerStatus, type CriRuntime, isCriError, type PodSandbox } from '../cri/index.ts';
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

/** What of one pod can no longer change: ended containers, and the addresses of its newest sandbox. */
interface Settled {
  readonly ended: ReadonlyMap<string, ContainerStatus>;
  readonly addresses: { readonly sandboxId: string; readonly ips: readonly string[] } | undefined;
}

/** Reads a pod's state from the runtime; what can no longer change is asked once. */
export class PodRuntimeReader {
  readonly #runtime: CriRuntime;
  readonly #settled = new Map<string, Settled>();

  constructor(runtime: CriRuntime) {
    this.#runtime = runtime;
  }

  /** All there is of the pod; what vanishes between the calls is left out. */
  async read(uid: string): Promise<PodRuntime> {
    const labelSelector = { [labels.podUid]: uid };
    const [sandboxes, containers] = await Promise.all([
      this.#runtime.listPodSandbox({ labelSelector }),
      this.#runtime.listContainers({ labelSelector }),
    ]);
    const before = this.#settled.get(uid);
    const statuses = await Promise.all(
      containers.map(async (c): Promise<RuntimeContainer | undefined> => {
        const status = before?.ended.get(c.id) ?? (await orGone(this.#runtime.containerStatus(c.id)))?.status;
        return status && { ...status, podSandboxId: c.podSandboxId, containerName: c.labels[labels.containerName] ?? '' };
      }),
    );
    const found = statuses.filter((s) => s !== undefined).toSorted((a, b) => newer(a.createdAt, b.createdAt));
    const sorted = [...sandboxes].toSorted((a, b) => newer(a.createdAt, b.createdAt));
    const newest = sorted[0];
    const addresses = newest?.state === 'SANDBOX_READY' ? await this.#addressesOf(newest.id, before) : undefined;
    if (found.length === 0 && !newest) this.#settled.delete(uid);
    else this.#settled.set(uid, { ended: new Map(found.filter(hasExited).map((c) => [c.id, c])), addresses });
    return { sandboxes: sorted, containers: found, podIPs: addresses?.ips ?? [] };
  }

  async #addressesOf(sandboxId: string, before: Settled | undefined): Promise<Settled['addresses']> {
    if (before?.addresses?.sandboxId === sandboxId) return before.addresses;
    const network = (await orGone(this.#runtime.podSandboxStatus(sandboxId)))?.status.network;
    const ips = [network?.ip ?? '', ...(network?.additionalIps ?? []).map((a) => a.ip)].filter((ip) => ip !== '');
    return ips.length > 0 ? { sandboxId, ips } : undefined;
  }
}

async function orGone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isCriError(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
}

function newer(a: bigint, b: bigint): number {
  return a === b ? 0 : a > b ? -1 : 1;
}
