/** Pods and what runs of them, for the tests of this folder. */
import type { Container, Pod, PodSpec } from '../api/index.ts';
import type { PodSandbox } from '../cri/index.ts';
import type { PodRuntime, RuntimeContainer } from './pod-runtime.ts';
import { annotations, containerHash } from './runtime-labels.ts';

export const app = (name: string, more: Partial<Container> = {}): Container => ({ name, image: 'busybox:1', ...more });

export function podOf(spec: Partial<PodSpec> = {}, more: Partial<Pod> = {}): Pod {
  return {
    metadata: { name: 'web', namespace: 'default', uid: 'u1', generation: 1 },
    spec: { restartPolicy: 'Always', containers: [app('main')], ...spec },
    ...more,
  };
}

export const sandboxOf = (attempt = 0, ready = true): PodSandbox => ({
  id: `sandbox-${attempt}`,
  metadata: { name: 'web', namespace: 'default', uid: 'u1', attempt },
  state: ready ? 'SANDBOX_READY' : 'SANDBOX_NOTREADY',
  createdAt: BigInt(attempt),
  labels: {},
  annotations: {},
  runtimeHandler: '',
});

/** A container of the runtime: running, or with an exit code ended. */
export function made(
  container: Container,
  more: { readonly exitCode?: number; readonly count?: number; readonly sandbox?: number; readonly state?: RuntimeContainer['state'] } = {},
): RuntimeContainer {
  const { exitCode, count = 0, sandbox = 0 } = more;
  const seconds = 1_000_000_000n;
  return {
    id: `${container.name}-${count}`,
    containerName: container.name,
    podSandboxId: `sandbox-${sandbox}`,
    metadata: { name: container.name, attempt: count },
    state: more.state ?? (exitCode === undefined ? 'CONTAINER_RUNNING' : 'CONTAINER_EXITED'),
    createdAt: BigInt(1_000 + count) * seconds,
    startedAt: BigInt(1_000 + count) * seconds,
    finishedAt: exitCode === undefined ? 0n : BigInt(1_001 + count) * seconds,
    exitCode: exitCode ?? 0,
    imageRef: 'sha256:1',
    imageId: 'sha256:1',
    reason: exitCode === undefined ? '' : exitCode === 0 ? 'Completed' : 'Error',
    message: '',
    labels: {},
    annotations: { [annotations.hash]: containerHash(container), [annotations.restartCount]: String(count) },
    mounts: [],
    logPath: '',
    stopSignal: '',
  };
}

/** Newest container first. */
export function runtimeOf(containers: readonly RuntimeContainer[] = [], sandboxes: readonly PodSandbox[] = [sandboxOf()]): PodRuntime {
  return { sandboxes, containers, podIPs: sandboxes[0]?.state === 'SANDBOX_READY' ? ['10.0.0.5'] : [] };
}
