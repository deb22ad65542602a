import { type ContainerStatus, isRestartableInit, type Pod } from '../../api/index.ts';

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

export interface StatusLists {
  readonly init: readonly ContainerStatus[];
  readonly regular: readonly ContainerStatus[];
}

/** Upstream's getPhase. `over`: nothing will be restarted, whatever the policy. */
export function podPhase(pod: Pod, { init, regular }: StatusLists, over: boolean): PodPhase {
  const policy = pod.spec?.restartPolicy ?? 'Always';
  const inits = initFacts(pod, init);
  if (inits.failed > 0 && (policy === 'Never' || over)) return 'Failed';
  let running = 0;
  let waiting = 0;
  let stopped = 0;
  let succeeded = 0;
  for (const container of pod.spec?.containers ?? []) {
    const s = regular.find((r) => r.name === container.name);
    if (s?.state?.running) running++;
    else if (s?.state?.terminated) {
      stopped++;
      if (s.state.terminated.exitCode === 0) succeeded++;
    } else if (s?.lastState?.terminated) stopped++;
    else waiting++;
  }
  if (over && stopped > 0 && running === 0 && waiting === 0) return stopped === succeeded ? 'Succeeded' : 'Failed';
  if (over && running === 0) return 'Failed';
  if (inits.pending || waiting > 0) return 'Pending';
  if (running > 0) return 'Running';
  if (stopped === 0) return 'Pending';
  if (policy === 'Always') return 'Running';
  if (stopped === succeeded) return 'Succeeded';
  return policy === 'Never' ? 'Failed' : 'Running';
}

function initFacts(pod: Pod, statuses: readonly ContainerStatus[]): { readonly pending: boolean; readonly failed: number } {
  let pending = false;
  let failed = 0;
  for (const container of pod.spec?.initContainers ?? []) {
    const s = statuses.find((i) => i.name === container.name);
    if (isRestartableInit(container)) {
      if (!s?.started && !s?.state?.terminated && !s?.lastState?.terminated) pending = true;
      continue;
    }
    if (s?.state?.terminated) {
      if (s.state.terminated.exitCode !== 0) failed++;
      continue;
    }
    pending = true;
    if (s?.state?.waiting && (s.lastState?.terminated?.exitCode ?? 0) !== 0) failed++;
  }
  return { pending, failed };
}
