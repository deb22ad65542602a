import { type ContainerStatus, isRestartableInit, type Pod } from '../../api/index.ts';

export interface StatusLists {
  readonly init: readonly ContainerStatus[];
  readonly app: readonly ContainerStatus[];
}

/** A pod's phase by its containers' statuses (upstream's getPhase). `over`: nothing will be started again, whatever the policy. */
export function podPhase(pod: Pod, { init, app }: StatusLists, over = false): 'Pending' | 'Running' | 'Succeeded' | 'Failed' {
  const policy = pod.spec?.restartPolicy ?? 'Always';
  const inits = initFacts(pod, init);
  if (inits.failed && (policy === 'Never' || over)) return 'Failed';
  let running = 0;
  let waiting = 0;
  let stopped = 0;
  let succeeded = 0;
  for (const { name } of pod.spec?.containers ?? []) {
    const { state, lastState } = app.find((s) => s.name === name) ?? {};
    if (state?.running) running++;
    else if (state?.terminated) {
      stopped++;
      if (state.terminated.exitCode === 0) succeeded++;
    } else if (lastState?.terminated) stopped++;
    else waiting++;
  }
  if (over && running === 0) return waiting === 0 && stopped === succeeded ? 'Succeeded' : 'Failed';
  if (inits.pending || waiting > 0) return 'Pending';
  if (running > 0) return 'Running';
  if (stopped === 0) return 'Pending';
  if (policy === 'Always') return 'Running';
  if (stopped === succeeded) return 'Succeeded';
  return policy === 'Never' ? 'Failed' : 'Running';
}

function initFacts(pod: Pod, statuses: readonly ContainerStatus[]): { readonly pending: boolean; readonly failed: boolean } {
  let pending = false;
  let failed = false;
  for (const container of pod.spec?.initContainers ?? []) {
    const s = statuses.find((i) => i.name === container.name);
    if (isRestartableInit(container)) {
      if (!s?.started && !s?.state?.terminated && !s?.lastState?.terminated) pending = true;
      continue;
    }
    if (s?.state?.terminated) {
      if (s.state.terminated.exitCode !== 0) failed = true;
      continue;
    }
    pending = true;
    if (s?.state?.waiting && (s.lastState?.terminated?.exitCode ?? 0) !== 0) failed = true;
  }
  return { pending, failed };
}
