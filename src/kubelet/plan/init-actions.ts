import { type Container, isRestartableInit, type Pod } from '../../api/index.ts';
import { newestContainer, type RuntimeContainer, type RuntimePod } from '../runtime-pod.ts';
import { containerHash } from '../runtime-labels.ts';
import type { ContainerToKill, ProbeOutcomes } from './pod-actions.ts';
import { restartsOnFailure } from './restart.ts';

export interface InitActions {
  /** Init containers are through: regular ones may start. */
  readonly initialized: boolean;
  readonly killPod: boolean;
  readonly toStart: readonly number[];
  readonly toKill: readonly ContainerToKill[];
}

/** Any regular container exists: the init containers have been through. */
export function wasInitialized(pod: Pod, runtime: RuntimePod): boolean {
  return (pod.spec?.containers ?? []).some((c) => newestContainer(runtime, c.name) !== undefined);
}

interface Step {
  start?: number;
  kill?: ContainerToKill;
  initialized?: boolean;
  killPod?: boolean;
}

/** What to do about init containers: one at a time, in order; sidecars run on from their turn (upstream's computeInitContainerActions). */
export function computeInitActions(pod: Pod, runtime: RuntimePod, probes: ProbeOutcomes): InitActions {
  const inits = pod.spec?.initContainers ?? [];
  if (inits.length === 0) return { initialized: true, killPod: false, toStart: [], toKill: [] };
  let through = wasInitialized(pod, runtime);
  let initialized = through;
  let killPod = false;
  const toStart: number[] = [];
  const toKill: ContainerToKill[] = [];
  // Backwards: the last one that was made decides; of those before it only sidecars still matter.
  for (let i = inits.length - 1; i >= 0; i--) {
    const container = inits[i]!;
    const newest = newestContainer(runtime, container.name);
    if (!newest) {
      if (through && isRestartableInit(container)) toStart.push(i);
      continue;
    }
    if (through && !isRestartableInit(container)) continue;
    const step = isRestartableInit(container)
      ? sidecarStep(container, newest, { index: i, through, probes })
      : initStep(pod, newest, i);
    if (step.start !== undefined && step.start < inits.length) toStart.push(step.start);
    if (step.start === inits.length || step.initialized) initialized = true;
    if (step.kill) toKill.push(step.kill);
    if (step.killPod) killPod = true;
    through = true;
  }
  if (!through) toStart.push(0);
  return { initialized, killPod, toStart: toStart.toReversed(), toKill };
}

function initStep(pod: Pod, newest: RuntimeContainer, index: number): Step {
  switch (newest.state) {
    case 'CONTAINER_EXITED':
      if (newest.exitCode === 0) return { start: index + 1 };
      return restartsOnFailure(pod) ? { start: index } : { killPod: true };
    case 'CONTAINER_UNKNOWN': {
      const container = pod.spec!.initContainers![index]!;
      if (!restartsOnFailure(pod)) return { killPod: true };
      return { start: index, kill: { id: newest.id, container, message: 'Init container is in unknown state, try killing it before restart', reason: 'Unknown' } };
    }
    case 'CONTAINER_CREATED':
      return { start: index };
    default:
      return {};
  }
}

function sidecarStep(container: Container, newest: RuntimeContainer, at: { readonly index: number; readonly through: boolean; readonly probes: ProbeOutcomes }): Step {
  if (newest.state !== 'CONTAINER_RUNNING') return { start: at.index };
  const kill = (message: string, reason: ContainerToKill['reason']): Step => ({ start: at.index, kill: { id: newest.id, container, message, reason } });
  if (newest.hash !== '' && newest.hash !== containerHash(container)) return kill(`Init container ${container.name} definition changed`, 'Changed');
  if (at.probes.liveness(newest.id) === 'failure') return kill(`Init container ${container.name} failed liveness probe`, 'LivenessProbe');
  const startup = container.startupProbe ? at.probes.startup(newest.id) : 'success';
  if (startup === 'failure') return kill(`Init container ${container.name} failed startup probe`, 'StartupProbe');
  // The next one's turn comes when this has started.
  return startup === 'success' && !at.through ? { start: at.index + 1 } : {};
}
