import { type Container, containerStatus, isRestartableInit, type Pod, type Probe } from '../../api/index.ts';
import type { Clock, Rng } from '../../base/index.ts';
import type { CriRuntime } from '../../cri/index.ts';
import type { ProbeOutcome, ProbeOutcomes } from '../plan/pod-actions.ts';
import { initialProbeState, nextProbeState, type ProbeState, type ProbeType } from '../plan/probe-state.ts';
import type { PodEvents } from '../pod/pod-events.ts';
import { newestContainer, type RuntimePod } from '../runtime-pod.ts';
import { runProbe } from './run-probe.ts';

export interface ProbeManagerOptions {
  readonly runtime: CriRuntime;
  readonly clock: Clock;
  readonly rng: Rng;
  /** Called when a verdict on a pod has changed. */
  readonly changed: (uid: string) => void;
}

const shown: Readonly<Record<ProbeType, string>> = { liveness: 'Liveness', readiness: 'Readiness', startup: 'Startup' };
const types = ['startup', 'readiness', 'liveness'] as const;
/** After a start of the kubelet, runs are spread over at most this. */
const maxSpreadMs = 10_000;

interface Worker {
  readonly type: ProbeType;
  readonly containerId: string;
  state: ProbeState;
  readonly stop: AbortController;
}

interface Watched {
  readonly events: PodEvents;
  readonly podIP: string;
  readonly startedAtMs: number;
}

/** Runs the probes of running containers and keeps their verdicts. */
export class ProbeManager implements ProbeOutcomes {
  readonly #options: ProbeManagerOptions;
  /** By pod uid, then `type container`. */
  readonly #pods = new Map<string, Map<string, Worker>>();
  readonly #byContainer = new Map<string, Map<ProbeType, Worker>>();

  constructor(options: ProbeManagerOptions) {
    this.#options = options;
  }

  liveness(containerId: string): ProbeOutcome | undefined {
    return this.#byContainer.get(containerId)?.get('liveness')?.state.outcome;
  }

  startup(containerId: string): ProbeOutcome | undefined {
    return this.#byContainer.get(containerId)?.get('startup')?.state.outcome;
  }

  /** Whether the startup probe, if any, was passed. */
  started(container: Container, containerId: string): boolean {
    return !container.startupProbe || this.startup(containerId) === 'success';
  }

  ready(container: Container, containerId: string): boolean {
    return !container.readinessProbe || this.#byContainer.get(containerId)?.get('readiness')?.state.outcome === 'success';
  }

  /** Starts probes for containers that run now, and ends those of containers that do not. */
  sync(pod: Pod, runtime: RuntimePod, events: PodEvents): void {
    const uid = pod.metadata?.uid ?? '';
    const wanted = new Set<string>();
    const sidecars = (pod.spec?.initContainers ?? []).filter(isRestartableInit);
    const podIP = (pod.spec?.hostNetwork ? pod.status?.hostIP : runtime.sandboxes[0]?.ips[0]) ?? '';
    for (const container of [...sidecars, ...(pod.spec?.containers ?? [])]) {
      const running = newestContainer(runtime, container.name);
      if (running?.state !== 'CONTAINER_RUNNING') continue;
      for (const type of types) {
        if (!probeOf(container, type)) continue;
        const key = `${type} ${container.name}`;
        wanted.add(key);
        const present = this.#pods.get(uid)?.get(key);
        if (present?.containerId === running.id) continue;
        if (present) this.#end(uid, key);
        this.#begin(pod, container, { key, type, containerId: running.id, watched: { events, podIP, startedAtMs: running.startedAtMs } });
      }
    }
    for (const key of this.#pods.get(uid)?.keys() ?? []) if (!wanted.has(key)) this.#end(uid, key);
  }

  /** Liveness and startup do not matter to a pod that ends; readiness goes on until it has ended. */
  stopKilling(uid: string): void {
    for (const [key, worker] of this.#pods.get(uid) ?? []) if (worker.type !== 'readiness') this.#end(uid, key);
  }

  remove(uid: string): void {
    for (const key of this.#pods.get(uid)?.keys() ?? []) this.#end(uid, key);
    this.#pods.delete(uid);
  }

  stop(): void {
    for (const uid of this.#pods.keys()) this.remove(uid);
  }

  #begin(pod: Pod, container: Container, init: { readonly key: string; readonly type: ProbeType; readonly containerId: string; readonly watched: Watched }): void {
    const uid = pod.metadata?.uid ?? '';
    const { key, type, containerId } = init;
    const { state, adopted } = this.#firstState(pod, container, init);
    const worker: Worker = { type, containerId, state, stop: new AbortController() };
    let workers = this.#pods.get(uid);
    if (!workers) this.#pods.set(uid, (workers = new Map()));
    workers.set(key, worker);
    let byType = this.#byContainer.get(containerId);
    if (!byType) this.#byContainer.set(containerId, (byType = new Map()));
    byType.set(type, worker);
    const periodMs = (probeOf(container, type)!.periodSeconds ?? 10) * 1000;
    // What ran before this kubelet did is not probed all at once.
    const spreadMs = adopted ? this.#options.rng.next() * Math.min(periodMs, maxSpreadMs) : 0;
    void this.#run(worker, { uid, container, watched: init.watched, spreadMs });
  }

  /** Containers that ran before a restart of the kubelet keep what the API says of them. */
  #firstState(pod: Pod, container: Container, { type, containerId }: { readonly type: ProbeType; readonly containerId: string }): { readonly state: ProbeState; readonly adopted: boolean } {
    const state = initialProbeState(type);
    const told = containerStatus(pod, container.name);
    if (!told?.containerID?.endsWith(`://${containerId}`)) return { state, adopted: false };
    if (type === 'readiness' && told.ready) return { state: { ...state, outcome: 'success' }, adopted: true };
    if (type === 'startup' && told.started) return { state: { ...state, outcome: 'success', onHold: true }, adopted: true };
    return { state, adopted: false };
  }

  #end(uid: string, key: string): void {
    const worker = this.#pods.get(uid)?.get(key);
    if (!worker) return;
    worker.stop.abort();
    this.#pods.get(uid)?.delete(key);
    const byType = this.#byContainer.get(worker.containerId);
    byType?.delete(worker.type);
    if (byType?.size === 0) this.#byContainer.delete(worker.containerId);
  }

  async #run(worker: Worker, init: { readonly uid: string; readonly container: Container; readonly watched: Watched; readonly spreadMs: number }): Promise<void> {
    const { clock, runtime, changed } = this.#options;
    const { container, watched, uid } = init;
    const probe = probeOf(container, worker.type)!;
    const periodMs = (probe.periodSeconds ?? 10) * 1000;
    const { signal } = worker.stop;
    const firstInMs = watched.startedAtMs + (probe.initialDelaySeconds ?? 0) * 1000 - clock.now();
    let waitMs = Math.max(init.spreadMs, firstInMs, 0);
    for (;;) {
      if (!(await slept(clock, waitMs, signal))) return;
      waitMs = periodMs;
      if (worker.state.onHold) continue;
      if (worker.type !== 'startup' && !this.started(container, worker.containerId)) {
        waitMs = Math.min(periodMs, 1_000);
        continue;
      }
      const result = await runProbe(probe, { container, containerId: worker.containerId, podIP: watched.podIP, runtime });
      if (signal.aborted) return;
      this.#tell(worker.type, container, { result, events: watched.events });
      const before = worker.state.outcome;
      worker.state = nextProbeState(worker.state, result.run, { type: worker.type, probe });
      if (worker.state.outcome !== before) changed(uid);
    }
  }

  #tell(type: ProbeType, container: Container, { result, events }: { readonly result: { readonly run: string; readonly output: string }; readonly events: PodEvents }): void {
    const what = shown[type];
    if (result.run === 'failure') events.container(container, 'Warning', 'Unhealthy', `${what} probe failed: ${result.output}`);
    if (result.run === 'error') events.container(container, 'Warning', 'Unhealthy', `${what} probe errored and resulted in unknown state: ${result.output}`);
    if (result.run === 'warning') events.container(container, 'Warning', 'ProbeWarning', `${what} probe warning: ${result.output}`);
  }
}

function probeOf(container: Container, type: ProbeType): Probe | undefined {
  return type === 'liveness' ? container.livenessProbe : type === 'readiness' ? container.readinessProbe : container.startupProbe;
}

async function slept(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, signal);
    return true;
  } catch {
    // The signal aborted.
    return false;
  }
}
