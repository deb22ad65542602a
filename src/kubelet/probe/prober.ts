import type { Clock, Rng, Timer } from '../../base/index.ts';
import { type Container, containerStatus, type ContainerStatus, type Pod, type Probe } from '../../api/index.ts';
import type { CriRuntime } from '../../cri/index.ts';
import { afterResult, initialProbeState, type ProbeKind, type ProbeState } from './probe-state.ts';
import { type ProbeTarget, runProbe } from './run-probe.ts';

interface Worker {
  readonly kind: ProbeKind;
  readonly probe: Probe;
  state: ProbeState;
  timer: Timer | undefined;
  /** Not asked any more, though others of its container are. */
  spared: boolean;
}

interface Probed {
  readonly workers: readonly Worker[];
  stopped: boolean;
}

type Target = Omit<ProbeTarget, 'runtime'>;

export interface ProberOptions {
  readonly runtime: CriRuntime;
  readonly clock: Clock;
  readonly rng: Rng;
  /** A verdict has changed: the pod's status, or what runs, must follow. */
  readonly onChange: (podUid: string) => void;
  readonly onUnhealthy: (pod: Pod, container: Container, event: { readonly kind: ProbeKind; readonly output: string }) => void;
}

/** A container that ran before this kubelet did keeps what was told of it until its probes say otherwise. */
function firstState(kind: ProbeKind, told: ContainerStatus | undefined): ProbeState {
  const passed = kind === 'readiness' ? told?.ready : kind === 'startup' ? told?.started : false;
  return passed ? { ...initialProbeState, verdict: 'success' } : initialProbeState;
}

/** The probes of all running containers, by container id. */
export class Prober {
  readonly #options: ProberOptions;
  readonly #probed = new Map<string, Probed>();

  constructor(options: ProberOptions) {
    this.#options = options;
  }

  /** Begins to probe a container that runs; one that is probed already goes on. `startedMs` is when it started. */
  watch(pod: Pod, container: Container, running: { readonly containerId: string; readonly podIP: string; readonly startedMs: number }): void {
    if (this.#probed.has(running.containerId)) return;
    const kinds: (readonly [ProbeKind, Probe | undefined])[] = [
      ['startup', container.startupProbe],
      ['liveness', container.livenessProbe],
      ['readiness', container.readinessProbe],
    ];
    const told = containerStatus(pod, container.name);
    const adopted = told?.containerID?.endsWith(`://${running.containerId}`) ? told : undefined;
    const workers = kinds.flatMap(([kind, probe]): Worker[] =>
      probe ? [{ kind, probe, state: firstState(kind, adopted), timer: undefined, spared: false }] : [],
    );
    const probed: Probed = { workers, stopped: false };
    this.#probed.set(running.containerId, probed);
    const { clock, rng } = this.#options;
    for (const worker of workers) {
      const age = clock.now() - running.startedMs;
      const delay = Math.max(0, (worker.probe.initialDelaySeconds ?? 0) * 1000 - age);
      // Long periods start spread out, so that a restarted agent does not probe all at once.
      const spread = age > 10_000 ? rng.int((worker.probe.periodSeconds ?? 10) * 1000) : 0;
      worker.timer = clock.after(delay + spread, () => void this.#turn(probed, worker, { pod, container, ...running }));
    }
  }

  /** Ends the probes of containers that do not run any more. */
  keepOnly(podContainerIds: readonly string[], running: ReadonlySet<string>): void {
    for (const id of podContainerIds) if (!running.has(id)) this.forget(id);
  }

  forget(containerId: string): void {
    const probed = this.#probed.get(containerId);
    if (!probed) return;
    probed.stopped = true;
    for (const w of probed.workers) w.timer?.cancel();
    this.#probed.delete(containerId);
  }

  /** Its pod is being ended: liveness and startup do not matter any more. */
  spare(containerId: string): void {
    for (const w of this.#probed.get(containerId)?.workers ?? []) {
      if (w.kind === 'readiness') continue;
      w.spared = true;
      w.timer?.cancel();
    }
  }

  stop(): void {
    for (const id of [...this.#probed.keys()]) this.forget(id);
  }

  livenessFailed(id: string): boolean {
    return this.#verdict(id, 'liveness') === 'failure';
  }

  startupFailed(id: string): boolean {
    return this.#verdict(id, 'startup') === 'failure';
  }

  started(id: string): boolean {
    return this.#passes(id, 'startup');
  }

  ready(id: string): boolean {
    return this.started(id) && this.#passes(id, 'readiness');
  }

  /** True where there is no such probe. */
  #passes(id: string, kind: ProbeKind): boolean {
    const probed = this.#probed.get(id);
    if (!probed) return false;
    const worker = probed.workers.find((w) => w.kind === kind);
    return !worker || worker.state.verdict === 'success';
  }

  #verdict(id: string, kind: ProbeKind): ProbeState['verdict'] {
    return this.#probed.get(id)?.workers.find((w) => w.kind === kind)?.state.verdict;
  }

  async #turn(probed: Probed, worker: Worker, target: Target): Promise<void> {
    const { runtime, clock, onChange, onUnhealthy } = this.#options;
    const periodMs = (worker.probe.periodSeconds ?? 10) * 1000;
    // Until it has started, a container is asked by its startup probe alone; afterwards that one rests.
    const resting = worker.kind === 'startup' ? worker.state.verdict === 'success' : !this.started(target.containerId);
    if (!resting) {
      const outcome = await runProbe(worker.probe, { ...target, runtime });
      if (probed.stopped || worker.spared) return;
      const before = worker.state.verdict;
      worker.state = afterResult(worker.state, outcome.result, worker.probe);
      if (outcome.result === 'failure') onUnhealthy(target.pod, target.container, { kind: worker.kind, output: outcome.output });
      if (worker.state.verdict !== before) onChange(target.pod.metadata?.uid ?? '');
    }
    if (worker.kind === 'startup' && worker.state.verdict === 'success') return resting ? undefined : this.#begin(probed, target);
    if (!probed.stopped) worker.timer = clock.after(periodMs, () => void this.#turn(probed, worker, target));
  }

  /** The others need not wait for their turn once the startup probe has passed. */
  #begin(probed: Probed, target: Target): void {
    for (const worker of probed.workers) {
      if (worker.kind === 'startup') continue;
      worker.timer?.cancel();
      worker.timer = this.#options.clock.after(0, () => void this.#turn(probed, worker, target));
    }
  }
}
