import { type ContainerStatus, isRestartableInit, type Pod, type PodCondition } from '../../api/index.ts';
import { formatTime } from '../../apimachinery/index.ts';
import type { PodPhase, StatusLists } from './pod-phase.ts';

type Draft = Pick<PodCondition, 'type' | 'status' | 'reason' | 'message'>;

/** The conditions that a kubelet writes. */
export const kubeletConditions = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady'] as const;

/** The kubelet's conditions of a pod, then those of others as they were. Times change with the status alone. */
export function podConditions(
  pod: Pod,
  statuses: StatusLists,
  facts: { readonly phase: PodPhase; readonly sandboxReady: boolean; readonly nowMs: number },
): PodCondition[] {
  const before = pod.status?.conditions ?? [];
  const containersReady = containersReadyCondition(pod, statuses, facts.phase);
  const own: Draft[] = [
    { type: 'PodReadyToStartContainers', status: facts.sandboxReady ? 'True' : 'False' },
    initializedCondition(pod, statuses, facts.phase),
    readyCondition(pod, containersReady),
    containersReady,
  ];
  const others = before.filter((c) => !kubeletConditions.some((k) => k === c.type));
  const generation = pod.metadata?.generation;
  return [
    ...own.map((c): PodCondition => {
      const old = before.find((b) => b.type === c.type);
      const lastTransitionTime = old?.status === c.status && old.lastTransitionTime ? old.lastTransitionTime : formatTime(facts.nowMs);
      return {
        type: c.type,
        status: c.status,
        ...(generation === undefined ? {} : { observedGeneration: generation }),
        lastTransitionTime,
        ...(c.reason ? { reason: c.reason } : {}),
        ...(c.message ? { message: c.message } : {}),
      };
    }),
    ...others,
  ];
}

function initializedCondition(pod: Pod, { init, regular }: StatusLists, phase: PodPhase): Draft {
  const type = 'Initialized';
  if (phase === 'Succeeded') return { type, status: 'True', reason: 'PodCompleted' };
  // Once regular containers run, init containers are through, whatever became of their records.
  if (regular.some((s) => s.state?.running ?? s.state?.terminated ?? s.lastState?.terminated)) return { type, status: 'True' };
  const unknown: string[] = [];
  const incomplete: string[] = [];
  for (const c of pod.spec?.initContainers ?? []) {
    const s = init.find((i) => i.name === c.name);
    if (!s) unknown.push(c.name);
    else if (isRestartableInit(c) ? !s.started : !s.ready) incomplete.push(c.name);
  }
  const message = [
    ...(unknown.length > 0 ? [`containers with unknown status: [${unknown.join(' ')}]`] : []),
    ...(incomplete.length > 0 ? [`containers with incomplete status: [${incomplete.join(' ')}]`] : []),
  ].join(', ');
  return message === '' ? { type, status: 'True' } : { type, status: 'False', reason: 'ContainersNotInitialized', message };
}

function containersReadyCondition(pod: Pod, { init, regular }: StatusLists, phase: PodPhase): Draft {
  const type = 'ContainersReady';
  if (phase === 'Succeeded') return { type, status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { type, status: 'False', reason: 'PodFailed' };
  const checked: (readonly [string, ContainerStatus | undefined])[] = [
    ...(pod.spec?.initContainers ?? []).filter(isRestartableInit).map((c) => [c.name, init.find((s) => s.name === c.name)] as const),
    ...(pod.spec?.containers ?? []).map((c) => [c.name, regular.find((s) => s.name === c.name)] as const),
  ];
  const unknown = checked.filter(([, s]) => !s).map(([name]) => name);
  const unready = checked.filter(([, s]) => s && !s.ready).map(([name]) => name);
  const message = [
    ...(unknown.length > 0 ? [`containers with unknown status: [${unknown.join(' ')}]`] : []),
    ...(unready.length > 0 ? [`containers with unready status: [${unready.join(' ')}]`] : []),
  ].join(', ');
  return message === '' ? { type, status: 'True' } : { type, status: 'False', reason: 'ContainersNotReady', message };
}

function readyCondition(pod: Pod, containersReady: Draft): Draft {
  if (containersReady.status !== 'True') return { ...containersReady, type: 'Ready' };
  const gates = (pod.spec?.readinessGates ?? []).flatMap(({ conditionType }) => {
    const condition = pod.status?.conditions?.find((c) => c.type === conditionType);
    if (!condition) return [`corresponding condition of pod readiness gate ${JSON.stringify(conditionType)} does not exist.`];
    if (condition.status === 'True') return [];
    return [`the status of pod readiness gate ${JSON.stringify(conditionType)} is not "True", but ${condition.status}`];
  });
  if (gates.length === 0) return { type: 'Ready', status: 'True' };
  return { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message: gates.join(', ') };
}
