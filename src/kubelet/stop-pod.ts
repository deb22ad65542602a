import type { Container, Pod } from '../api/index.ts';
import { isCriError } from '../cri/index.ts';
import { runHook } from './lifecycle-hook.ts';
import type { NodeContext } from './node-context.ts';
import { isRunning, type PodRuntime, type RuntimeContainer } from './pod-runtime.ts';

/** After a preStop hook has used up the grace period, a container still gets this long. */
const minGraceSeconds = 2;

export interface StopContext {
  readonly pod: Pod;
  readonly graceSeconds: number;
  readonly podIP: string;
}

/** Ends all containers of a pod: the app containers side by side, then sidecars, last started first. */
export async function stopContainers(node: NodeContext, runtime: PodRuntime, context: StopContext): Promise<void> {
  const running = runtime.containers.filter((c) => isRunning(c) || c.state === 'CONTAINER_CREATED');
  const sidecars = (context.pod.spec?.initContainers ?? []).filter((c) => c.restartPolicy === 'Always').map((c) => c.name);
  const startedMs = node.clock.monotonicMs();
  const left = () => Math.max(0, context.graceSeconds - (node.clock.monotonicMs() - startedMs) / 1000);
  await Promise.all(
    running
      .filter((c) => !sidecars.includes(c.containerName))
      .map((c) => stopContainer(node, c, { ...context, message: `Stopping container ${c.containerName}` })),
  );
  for (const name of sidecars.toReversed()) {
    const container = running.find((c) => c.containerName === name);
    if (container) await stopContainer(node, container, { ...context, graceSeconds: left(), message: `Stopping container ${name}` });
  }
}

/** preStop within the grace period, then SIGTERM with what is left of it, then SIGKILL. A container that is gone is fine. */
export async function stopContainer(
  node: NodeContext,
  running: RuntimeContainer,
  context: StopContext & { readonly message: string },
): Promise<void> {
  const { pod, graceSeconds } = context;
  const container = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].find((c) => c.name === running.containerName);
  node.events.container(pod, container ?? ({ name: running.containerName } as Container), {
    type: 'Normal',
    reason: 'Killing',
    message: context.message,
  });
  let left = graceSeconds;
  if (container?.lifecycle?.preStop && graceSeconds > 0 && isRunning(running)) {
    const startedMs = node.clock.monotonicMs();
    await preStop(node, running, { ...context, container });
    left = Math.max(minGraceSeconds, graceSeconds - (node.clock.monotonicMs() - startedMs) / 1000);
  }
  try {
    await node.runtime.stopContainer(running.id, Math.ceil(left));
  } catch (error) {
    if (!isCriError(error, 'NOT_FOUND')) throw error;
  }
}

async function preStop(node: NodeContext, running: RuntimeContainer, context: StopContext & { readonly container: Container }): Promise<void> {
  const { pod, container, graceSeconds, podIP } = context;
  const ended = node.clock.sleep(graceSeconds * 1000).then(() => 'late' as const);
  const hook = runHook(container.lifecycle!.preStop!, {
    pod,
    container,
    containerId: running.id,
    podIP,
    runtime: node.runtime,
    clock: node.clock,
    timeoutMs: graceSeconds * 1000,
  });
  try {
    await Promise.race([hook, ended]);
  } catch (error) {
    node.events.container(pod, container, { type: 'Warning', reason: 'FailedPreStopHook', message: 'PreStopHook failed' });
    node.logger.debug('preStop failed', { pod: pod.metadata?.name, container: container.name, error });
  }
}

/** Stops and removes all sandboxes of a pod, with their containers. */
export async function removeSandboxes(node: NodeContext, runtime: PodRuntime): Promise<void> {
  for (const sandbox of runtime.sandboxes) {
    await node.runtime.stopPodSandbox(sandbox.id);
    await node.runtime.removePodSandbox(sandbox.id);
  }
}
