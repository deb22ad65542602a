import type { Container, EphemeralContainer, Pod } from '../../api/index.ts';
import { containerHash } from '../runtime-labels.ts';
import { newestContainer, type RuntimePod } from '../runtime-pod.ts';
import { computeInitActions, wasInitialized } from './init-actions.ts';
import { restartsAfterExit, restartsOnFailure, shouldContainerStart } from './restart.ts';

export type ProbeOutcome = 'success' | 'failure' | 'unknown';

/** The newest verdicts by container id; undefined where there is no probe. */
export interface ProbeOutcomes {
  liveness(containerId: string): ProbeOutcome | undefined;
  startup(containerId: string): ProbeOutcome | undefined;
}

export interface ContainerToKill {
  readonly id: string;
  readonly container: Container;
  readonly message: string;
  readonly reason: 'LivenessProbe' | 'StartupProbe' | 'Changed' | 'Unknown';
}

/** What must be done to bring a pod to what its spec says. */
export interface PodActions {
  /** Everything of the pod is ended first, sandbox included. */
  readonly killPod: boolean;
  readonly createSandbox: boolean;
  /** Of the sandbox to be made. */
  readonly attempt: number;
  /** The sandbox to make containers in, when none is made. */
  readonly sandboxId: string | undefined;
  readonly initContainersToStart: readonly Container[];
  readonly containersToStart: readonly Container[];
  readonly ephemeralContainersToStart: readonly EphemeralContainer[];
  readonly containersToKill: readonly ContainerToKill[];
}

const nothing = { killPod: false, createSandbox: false, initContainersToStart: [], containersToStart: [], ephemeralContainersToStart: [], containersToKill: [] } as const;

/** Upstream's computePodActions. */
export function computePodActions(pod: Pod, runtime: RuntimePod, probes: ProbeOutcomes): PodActions {
  const sandbox = sandboxVerdict(pod, runtime);
  if (sandbox.create) return withNewSandbox(pod, runtime, sandbox.attempt);
  const ephemeral = (pod.spec?.ephemeralContainers ?? []).filter((c) => newestContainer(runtime, c.name) === undefined);
  const init = computeInitActions(pod, runtime, probes);
  const base = { ...nothing, attempt: sandbox.attempt, sandboxId: sandbox.id, ephemeralContainersToStart: ephemeral };
  const inits = init.toStart.map((i) => pod.spec!.initContainers![i]!);
  if (init.killPod) return { ...base, ephemeralContainersToStart: [], killPod: true };
  if (!init.initialized) return { ...base, initContainersToStart: inits, containersToKill: init.toKill };
  const toStart: Container[] = [];
  const toKill = [...init.toKill];
  let kept = 0;
  for (const container of pod.spec?.containers ?? []) {
    const verdict = containerVerdict(pod, container, { runtime, probes });
    if (verdict.kill) toKill.push(verdict.kill);
    if (verdict.start) toStart.push(container);
    if (verdict.keep) kept++;
  }
  if (kept === 0 && toStart.length === 0) return { ...base, ephemeralContainersToStart: [], killPod: true, containersToKill: toKill };
  return { ...base, initContainersToStart: inits, containersToStart: toStart, containersToKill: toKill };
}

interface SandboxVerdict {
  readonly create: boolean;
  readonly attempt: number;
  readonly id: string | undefined;
}

/** Upstream's PodSandboxChanged. */
function sandboxVerdict(pod: Pod, runtime: RuntimePod): SandboxVerdict {
  const [newest] = runtime.sandboxes;
  if (!newest) return { create: true, attempt: 0, id: undefined };
  const again = { create: true, attempt: newest.attempt + 1, id: newest.id };
  const hostNetwork = pod.spec?.hostNetwork ?? false;
  if (runtime.sandboxes.filter((s) => s.ready).length > 1 || !newest.ready) return again;
  if (newest.hostNetwork !== hostNetwork || (!hostNetwork && newest.ips.length === 0)) return again;
  return { create: false, attempt: newest.attempt, id: newest.id };
}

function withNewSandbox(pod: Pod, runtime: RuntimePod, attempt: number): PodActions {
  const base = { ...nothing, killPod: true, attempt, sandboxId: undefined };
  // What ran to its end stays ended: only logs and statuses are kept.
  if (!restartsOnFailure(pod) && attempt !== 0 && runtime.containers.length > 0) return base;
  const toStart = (pod.spec?.containers ?? []).filter((c) => {
    const newest = newestContainer(runtime, c.name);
    return !(newest?.state === 'CONTAINER_EXITED' && newest.exitCode === 0 && !restartsAfterExit(pod, c, 0));
  });
  if (toStart.length === 0 && wasInitialized(pod, runtime)) return base;
  const [first] = pod.spec?.initContainers ?? [];
  if (first) return { ...base, createSandbox: true, initContainersToStart: [first] };
  return { ...base, createSandbox: true, containersToStart: toStart };
}

interface Verdict {
  readonly start?: boolean;
  readonly keep?: boolean;
  readonly kill?: ContainerToKill;
}

function containerVerdict(pod: Pod, container: Container, facts: { readonly runtime: RuntimePod; readonly probes: ProbeOutcomes }): Verdict {
  const { name } = container;
  const newest = newestContainer(facts.runtime, name);
  if (newest?.state !== 'CONTAINER_RUNNING') {
    if (!shouldContainerStart(pod, container, newest)) return {};
    if (newest?.state !== 'CONTAINER_UNKNOWN') return { start: true };
    return { start: true, kill: { id: newest.id, container, message: `Container is in ${JSON.stringify('unknown')} state, try killing it before restart`, reason: 'Unknown' } };
  }
  const kill = (what: string, reason: ContainerToKill['reason'], start: boolean): Verdict => ({
    start,
    kill: { id: newest.id, container, message: `${what}${start ? ', will be restarted' : ''}`, reason },
  });
  if (newest.hash !== '' && newest.hash !== containerHash(container)) return kill(`Container ${name} definition changed`, 'Changed', true);
  const restarts = (container.restartPolicy ?? pod.spec?.restartPolicy ?? 'Always') !== 'Never';
  if (facts.probes.liveness(newest.id) === 'failure') return kill(`Container ${name} failed liveness probe`, 'LivenessProbe', restarts);
  if (facts.probes.startup(newest.id) === 'failure') return kill(`Container ${name} failed startup probe`, 'StartupProbe', restarts);
  return { keep: true };
}
