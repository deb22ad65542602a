import { amountOf, type Container, isRestartableInit, type Pod, type ResourceRequirements } from '../api/index.ts';
import { isRunning, type PodRuntime, type RuntimeContainer } from './pod-runtime.ts';

/** A container whose resources are not what the spec wants, while it runs. */
export interface ContainerResize {
  readonly container: Container;
  readonly running: RuntimeContainer;
  /** By its resizePolicy it is started anew with them. */
  readonly restart: boolean;
}

/** What a running container was last given. */
export type Actuated = (container: Container, running: RuntimeContainer) => ResourceRequirements;

const resized = ['cpu', 'memory'] as const;

/** The containers to resize. Pure. */
export function pendingResizes(pod: Pod, runtime: PodRuntime, actuated: Actuated): ContainerResize[] {
  const candidates = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? []).filter(isRestartableInit)];
  return candidates.flatMap((container): ContainerResize[] => {
    const running = runtime.containers.find((c) => c.containerName === container.name);
    if (!running || !isRunning(running)) return [];
    const changed = changedResources(container.resources ?? {}, actuated(container, running));
    if (changed.length === 0) return [];
    const restart = changed.some((name) => container.resizePolicy?.some((p) => p.resourceName === name && p.restartPolicy === 'RestartContainer'));
    return [{ container, running, restart }];
  });
}

function changedResources(wanted: ResourceRequirements, given: ResourceRequirements): string[] {
  return resized.filter((name) =>
    (['requests', 'limits'] as const).some((kind) => amount(wanted[kind]?.[name], name) !== amount(given[kind]?.[name], name)),
  );
}

function amount(quantity: string | undefined, name: string): number | undefined {
  return quantity === undefined ? undefined : amountOf(name, quantity);
}

/** As conditions tell it. */
export type ResizeState =
  | { readonly type: 'PodResizePending'; readonly reason: 'Deferred' | 'Infeasible'; readonly message: string }
  | { readonly type: 'PodResizeInProgress'; readonly reason?: 'Error'; readonly message?: string };

/** Why the node cannot give what is wanted: never (Infeasible), or not while others have it (Deferred). Pure. */
export function resizeRefusal(
  requests: ReadonlyMap<string, number>,
  allocatable: ReadonlyMap<string, number>,
  lacking: { readonly reason: string; readonly message: string } | undefined,
): ResizeState | undefined {
  for (const name of resized) {
    const capacity = allocatable.get(name);
    const requested = requests.get(name) ?? 0;
    if (capacity === undefined || requested <= capacity) continue;
    return {
      type: 'PodResizePending',
      reason: 'Infeasible',
      message: `Node didn't have enough capacity: ${name}, requested: ${requested}, capacity: ${capacity}`,
    };
  }
  return lacking?.reason.startsWith('OutOf') ? { type: 'PodResizePending', reason: 'Deferred', message: lacking.message } : undefined;
}
