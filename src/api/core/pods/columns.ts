import type { Cell, Column } from '../../definition.ts';
import { ageColumn, column, nameColumn, wide } from '../../helpers/columns.ts';
import { isRestartableInit } from '../../helpers/containers.ts';
import { podCondition } from '../../helpers/pods.ts';
import type { ContainerStatus, Pod } from '../../types.gen.ts';

interface Progress {
  readonly status: string;
  readonly restarts: number;
  readonly ready: number;
  readonly total: number;
  readonly lastRestart: string | undefined;
}

class Restarts {
  count = 0;
  latest: string | undefined;

  add(status: ContainerStatus): void {
    this.count += status.restartCount ?? 0;
    const at = status.lastState?.terminated?.finishedAt;
    if (at && (this.latest === undefined || Date.parse(at) > Date.parse(this.latest))) this.latest = at;
  }
}

function startReason(pod: Pod): string {
  const scheduled = podCondition(pod, 'PodScheduled');
  if (scheduled?.reason === 'SchedulingGated') return 'SchedulingGated';
  return pod.status?.reason || pod.status?.phase || '';
}

function terminatedText(terminated: { readonly reason?: string; readonly signal?: number; readonly exitCode?: number }): string {
  if (terminated.reason) return terminated.reason;
  return terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode ?? 0}`;
}

/** The reason of the first init container that is not done yet, undefined when all are. */
function initProgress(pod: Pod, totals: { ready: number; total: number }, all: Restarts, restartable: Restarts): string | undefined {
  const containers = pod.spec?.initContainers ?? [];
  const byName = new Map(containers.map((c) => [c.name, c]));
  let reason: string | undefined;
  for (const [i, status] of (pod.status?.initContainerStatuses ?? []).entries()) {
    all.add(status);
    const container = byName.get(status.name);
    const sidecar = container !== undefined && isRestartableInit(container);
    if (sidecar) restartable.add(status);
    const { terminated, waiting } = status.state ?? {};
    if (reason !== undefined) continue;
    if (terminated && (terminated.exitCode ?? 0) === 0) continue;
    if (sidecar && status.started) {
      if (status.ready) totals.ready++;
      continue;
    }
    if (terminated) reason = `Init:${terminatedText(terminated)}`;
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') reason = `Init:${waiting.reason}`;
    else reason = `Init:${i}/${containers.length}`;
  }
  return reason;
}

function mainProgress(pod: Pod, start: string, totals: { ready: number }, restarts: Restarts): string {
  let reason = start;
  let errorReason = '';
  let hasRunning = false;
  for (const status of (pod.status?.containerStatuses ?? []).toReversed()) {
    restarts.add(status);
    const { waiting, terminated, running } = status.state ?? {};
    if (waiting?.reason) reason = waiting.reason;
    else if (terminated) {
      reason = terminatedText(terminated);
      if ((terminated.exitCode ?? 0) !== 0) errorReason = reason;
    } else if (status.ready && running) {
      hasRunning = true;
      totals.ready++;
    }
  }
  if (reason !== 'Completed') return reason;
  if (hasRunning && podCondition(pod, 'Ready')?.status === 'True') return 'Running';
  if (errorReason) return errorReason;
  return hasRunning ? 'NotReady' : reason;
}

function progressOf(pod: Pod): Progress {
  const totals = { ready: 0, total: (pod.spec?.containers ?? []).length + (pod.spec?.initContainers ?? []).filter(isRestartableInit).length };
  const all = new Restarts();
  const restarts = new Restarts();
  const initReason = initProgress(pod, totals, all, restarts);
  const initialized = initReason === undefined || podCondition(pod, 'Initialized')?.status === 'True';
  let status = initReason ?? startReason(pod);
  if (initialized) status = mainProgress(pod, status, totals, restarts);
  if (pod.metadata?.deletionTimestamp) {
    if (pod.status?.reason === 'NodeLost') status = 'Unknown';
    else if (pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed') status = 'Terminating';
  }
  const counted = initialized ? restarts : all;
  return { status, restarts: counted.count, lastRestart: counted.count > 0 ? counted.latest : undefined, ...totals };
}

function readyText(pod: Pod): Cell {
  const { ready, total } = progressOf(pod);
  return `${ready}/${total}`;
}

/** `{n} ({age} ago)` upstream: the age part is left to the sender, who knows the time. */
function restartsText(pod: Pod): Cell {
  const { restarts, lastRestart } = progressOf(pod);
  return lastRestart === undefined ? String(restarts) : { ageOf: lastRestart, before: `${restarts} (`, after: ' ago)' };
}

function gatesText(pod: Pod): Cell {
  const gates = pod.spec?.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  const passed = gates.filter((g) => podCondition(pod, g.conditionType)?.status === 'True').length;
  return `${passed}/${gates.length}`;
}

/** What `kubectl get pods` shows. */
export const podColumns: readonly Column<Pod>[] = [
  nameColumn,
  column('Ready', readyText),
  column('Status', (o) => progressOf(o).status),
  column('Restarts', restartsText),
  ageColumn,
  wide('IP', (o) => o.status?.podIPs?.[0]?.ip ?? '<none>'),
  wide('Node', (o) => o.spec?.nodeName || '<none>'),
  wide('Nominated Node', (o) => o.status?.nominatedNodeName || '<none>'),
  wide('Readiness Gates', gatesText),
];
