import { formatTime } from '../../apimachinery/index.ts';
import type { ResizeState } from '../resize.ts';
import { type ContainerStatus, isRestartableInit, type Pod, type PodCondition } from '../../api/index.ts';

export interface ConditionFacts {
  readonly phase: string;
  readonly init: readonly ContainerStatus[];
  readonly app: readonly ContainerStatus[];
  /** The sandbox is there, with its network. */
  readonly sandboxReady: boolean;
  readonly nowMs: number;
  /** A change of resources that waits or goes on. */
  readonly resize?: ResizeState | undefined;
}

type Verdict = Pick<PodCondition, 'status'> & { readonly reason?: string; readonly message?: string };

/** The kubelet's conditions of a pod, then those of others as they were. Times change with the status alone. */
export function podConditions(pod: Pod, facts: ConditionFacts): PodCondition[] {
  const ready = containersReady(pod, facts);
  const own: (readonly [string, Verdict])[] = [
    ['PodReadyToStartContainers', { status: facts.sandboxReady ? 'True' : 'False' }],
    ['Initialized', initialized(pod, facts)],
    ['Ready', podReady(pod, ready)],
    ['ContainersReady', ready],
    // A pod that was bound without a scheduler has it from here.
    ['PodScheduled', { status: 'True' }],
    ...(facts.resize ? [resizing(facts.resize)] : []),
  ];
  const old = pod.status?.conditions ?? [];
  const made = own.map(([type, verdict]): PodCondition => {
    const before = old.find((c) => c.type === type);
    const now = formatTime(facts.nowMs);
    const lastTransitionTime = before?.status === verdict.status ? (before.lastTransitionTime ?? now) : now;
    return { type, observedGeneration: pod.metadata?.generation ?? 0, lastTransitionTime, ...verdict };
  });
  const names = new Set(['PodResizePending', 'PodResizeInProgress', ...own.map(([type]) => type)]);
  return [...made, ...old.filter((c) => !names.has(c.type))];
}

function resizing({ type, reason, message }: ResizeState): readonly [string, Verdict] {
  return [type, { status: 'True', ...(reason ? { reason } : {}), ...(message ? { message } : {}) }];
}

function initialized(pod: Pod, { phase, init, app }: ConditionFacts): Verdict {
  if (phase === 'Succeeded') return { status: 'True', reason: 'PodCompleted' };
  // Once app containers have run, init containers are through, whatever became of their records.
  if (app.some((s) => s.state?.running ?? s.state?.terminated ?? s.lastState?.terminated)) return { status: 'True' };
  const left = (pod.spec?.initContainers ?? []).filter((c) => {
    const s = init.find((i) => i.name === c.name);
    return isRestartableInit(c) ? !s?.started : !s?.ready;
  });
  if (left.length === 0) return { status: 'True' };
  return { status: 'False', reason: 'ContainersNotInitialized', message: `containers with incomplete status: [${names(left)}]` };
}

function containersReady(pod: Pod, { phase, init, app }: ConditionFacts): Verdict {
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  const sidecars = new Set((pod.spec?.initContainers ?? []).filter(isRestartableInit).map((c) => c.name));
  const unready = [...init.filter((s) => sidecars.has(s.name)), ...app].filter((s) => !s.ready);
  if (unready.length === 0) return { status: 'True' };
  return { status: 'False', reason: 'ContainersNotReady', message: `containers with unready status: [${names(unready)}]` };
}

const names = (items: readonly { readonly name: string }[]): string => items.map((i) => i.name).join(' ');

function podReady(pod: Pod, containers: Verdict): Verdict {
  if (containers.status !== 'True') return containers;
  const problems = (pod.spec?.readinessGates ?? []).flatMap(({ conditionType }) => {
    const gate = pod.status?.conditions?.find((c) => c.type === conditionType);
    if (!gate) return [`corresponding condition of pod readiness gate ${JSON.stringify(conditionType)} does not exist.`];
    return gate.status === 'True' ? [] : [`the status of pod readiness gate ${JSON.stringify(conditionType)} is not "True", but ${gate.status}`];
  });
  return problems.length === 0 ? { status: 'True' } : { status: 'False', reason: 'ReadinessGatesNotReady', message: problems.join(', ') };
}
