import type { Container, ContainerRestartRule, EphemeralContainer, Pod } from '../api/index.ts';
import { hasExited, isRunning, type PodRuntime, readySandbox, type RuntimeContainer } from './pod-runtime.ts';
import { annotations, containerHash } from './runtime-labels.ts';

/** What probes have said of a container that runs, by its id. */
export interface ProbeVerdicts {
  livenessFailed(containerId: string): boolean;
  startupFailed(containerId: string): boolean;
  /** Its startup probe has passed, or it has none. */
  started(containerId: string): boolean;
}

export interface Kill {
  readonly container: RuntimeContainer;
  /** Of the Killing event. */
  readonly message: string;
  /** Seconds the probe gives it to end, where it says so; else the pod's. */
  readonly graceSeconds?: number;
}

export interface Start {
  readonly container: Container | EphemeralContainer;
  readonly kind: 'init' | 'sidecar' | 'app' | 'ephemeral';
  readonly restartCount: number;
  /** The last one that ended, which decides on back-off. */
  readonly previous: RuntimeContainer | undefined;
}

/** What is to be done for a pod that is wanted. */
export interface PodActions {
  /** The sandbox is gone or broken: stop all there is, then make one anew. */
  readonly newSandbox: boolean;
  /** Of the new sandbox. */
  readonly attempt: number;
  readonly kill: readonly Kill[];
  readonly start: readonly Start[];
}

const nothing: Omit<PodActions, 'attempt'> = { newSandbox: false, kill: [], start: [] };

/**
 * From what is wanted and what runs to what is to be done: one sandbox; init containers one after the other, sidecars among them left
 * running; then the app containers, each started again as the restart policy says. Pure.
 */
export function computePodActions(pod: Pod, runtime: PodRuntime, verdicts: ProbeVerdicts): PodActions {
  const sandbox = readySandbox(runtime);
  const attempt = runtime.sandboxes.length === 0 ? 0 : Math.max(...runtime.sandboxes.map((s) => s.metadata?.attempt ?? 0)) + 1;
  if (!sandbox || runtime.sandboxes.filter((s) => s.state === 'SANDBOX_READY').length > 1) {
    if (runtime.sandboxes.length > 0 && isFinished(pod, runtime)) return { ...nothing, attempt };
    // What must not be restarted is left as it ended, whatever ended it.
    if (attempt > 0 && pod.spec?.restartPolicy === 'Never' && runtime.containers.length > 0 && !runtime.containers.some(isRunning))
      return { ...nothing, attempt };
    return { newSandbox: true, attempt, kill: [], start: [] };
  }
  const inSandbox: PodRuntime = { ...runtime, containers: runtime.containers.filter((c) => c.podSandboxId === sandbox.id) };
  const ephemeral = ephemeralStarts(pod, runtime);
  const init = initActions(pod, { inSandbox, all: runtime }, verdicts);
  if (init.blocked) return { newSandbox: false, attempt, kill: init.kill, start: [...ephemeral, ...init.start] };
  const kill = [...init.kill];
  const start = [...ephemeral, ...init.start];
  for (const container of pod.spec?.containers ?? []) {
    const decision = appAction(pod, container, { inSandbox, all: runtime, verdicts });
    if (decision && 'message' in decision) kill.push(decision);
    else if (decision) start.push(decision);
  }
  return { newSandbox: false, attempt, kill, start };
}

/** Each is started once, whatever becomes of it, and need not wait for the init containers. */
function ephemeralStarts(pod: Pod, runtime: PodRuntime): Start[] {
  return (pod.spec?.ephemeralContainers ?? [])
    .filter((c) => newestOf(runtime, c.name) === undefined)
    .map((container) => ({ container, kind: 'ephemeral', restartCount: 0, previous: undefined }));
}

export function newestOf(runtime: PodRuntime, name: string): RuntimeContainer | undefined {
  return runtime.containers.find((c) => c.containerName === name);
}

/** One more than the highest count any of its containers carries. */
export function nextRestartCount(runtime: PodRuntime, name: string): number {
  const counts = runtime.containers.filter((c) => c.containerName === name).map((c) => Number(c.annotations[annotations.restartCount] ?? 0));
  return counts.length === 0 ? 0 : Math.max(...counts) + 1;
}

/** No container of the pod will run again. */
export function isFinished(pod: Pod, runtime: PodRuntime): boolean {
  const policy = pod.spec?.restartPolicy ?? 'Always';
  for (const init of pod.spec?.initContainers ?? []) {
    const status = newestOf(runtime, init.name);
    if (init.restartPolicy !== 'Always' && status && hasExited(status) && status.exitCode !== 0 && policy === 'Never') return true;
  }
  const apps = pod.spec?.containers ?? [];
  return apps.every((c) => {
    const status = newestOf(runtime, c.name);
    return status !== undefined && hasExited(status) && !shouldRestart(pod, c, status.exitCode);
  });
}

/** Whether a container that ended runs again: by its own rules, then its own policy, then the pod's. */
export function shouldRestart(pod: Pod, container: Container, exitCode: number): boolean {
  if ((container.restartPolicyRules ?? []).some((rule) => rule.action === 'Restart' && ruleMatches(rule, exitCode))) return true;
  const policy = container.restartPolicy ?? pod.spec?.restartPolicy ?? 'Always';
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

function ruleMatches(rule: ContainerRestartRule, exitCode: number): boolean {
  const { operator, values = [] } = rule.exitCodes ?? {};
  return operator === 'In' ? values.includes(exitCode) : operator === 'NotIn' && !values.includes(exitCode);
}

interface Both {
  readonly inSandbox: PodRuntime;
  readonly all: PodRuntime;
}

/** `blocked`: the app containers have to wait. */
interface InitActions {
  readonly blocked: boolean;
  readonly kill: readonly Kill[];
  readonly start: readonly Start[];
}

function initActions(pod: Pod, { inSandbox, all }: Both, verdicts: ProbeVerdicts): InitActions {
  const kill: Kill[] = [];
  const start: Start[] = [];
  // App containers that have been started say that all init containers had passed.
  const passed = (pod.spec?.containers ?? []).some((c) => newestOf(inSandbox, c.name) !== undefined);
  for (const container of pod.spec?.initContainers ?? []) {
    const status = newestOf(inSandbox, container.name);
    const begin = (kind: 'init' | 'sidecar') =>
      start.push({ container, kind, restartCount: nextRestartCount(all, container.name), previous: status });
    if (container.restartPolicy === 'Always') {
      if (status && isRunning(status)) {
        const failed = probeFailure(status, verdicts);
        if (failed)
          kill.push({ container: status, message: `Init container ${container.name} failed ${failed} probe`, ...graceOf(container, failed) });
        if (!passed && !verdicts.started(status.id)) return { blocked: true, kill, start };
        continue;
      }
      begin('sidecar');
      if (!passed) return { blocked: true, kill, start };
      continue;
    }
    if (passed) continue;
    if (status && hasExited(status) && status.exitCode === 0) continue;
    const ended = status && hasExited(status);
    if (!status || (ended && (pod.spec?.restartPolicy ?? 'Always') !== 'Never')) begin('init');
    return { blocked: true, kill, start };
  }
  return { blocked: false, kill, start };
}

function probeFailure(status: RuntimeContainer, verdicts: ProbeVerdicts): 'liveness' | 'startup' | undefined {
  if (verdicts.livenessFailed(status.id)) return 'liveness';
  return verdicts.startupFailed(status.id) ? 'startup' : undefined;
}

function graceOf(container: Container, failed: 'liveness' | 'startup'): { readonly graceSeconds?: number } {
  const graceSeconds = container[`${failed}Probe`]?.terminationGracePeriodSeconds;
  return graceSeconds === undefined ? {} : { graceSeconds };
}

function appAction(
  pod: Pod,
  container: Container,
  { inSandbox, all, verdicts }: Both & { readonly verdicts: ProbeVerdicts },
): Kill | Start | undefined {
  const status = newestOf(inSandbox, container.name);
  const start = (previous: RuntimeContainer | undefined): Start => ({
    container,
    kind: 'app',
    restartCount: nextRestartCount(all, container.name),
    previous,
  });
  if (!status) return alreadyDone(pod, container, all) ? undefined : start(undefined);
  if (isRunning(status)) {
    const failed = probeFailure(status, verdicts);
    if (failed) {
      const again = (container.restartPolicy ?? pod.spec?.restartPolicy) === 'Never' ? '' : ', will be restarted';
      return { container: status, message: `Container ${container.name} failed ${failed} probe${again}`, ...graceOf(container, failed) };
    }
    const changed = status.annotations[annotations.hash] !== containerHash(container);
    return changed ? { container: status, message: `Container ${container.name} definition changed, will be restarted` } : undefined;
  }
  // Created but never started: a start that failed half-way, made anew.
  if (!hasExited(status)) return start(status);
  return shouldRestart(pod, container, status.exitCode) ? start(status) : undefined;
}

/** It ended in an earlier sandbox and does not have to run again. */
function alreadyDone(pod: Pod, container: Container, all: PodRuntime): boolean {
  const earlier = newestOf(all, container.name);
  return earlier !== undefined && hasExited(earlier) && !shouldRestart(pod, container, earlier.exitCode);
}
