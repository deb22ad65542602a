import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Timer, errorText } from '../base/index.ts';
import { parseTime } from '../apimachinery/index.ts';
import { type Container, isPodTerminal, type Pod } from '../api/index.ts';
import type { PodSandboxConfig } from '../cri/index.ts';
import { refreshVolumes, setUpVolumes, tearDownVolumes, type VolumeContext } from '../volume/index.ts';
import { collectGarbage } from './collect-garbage.ts';
import type { NodeContext } from './node-context.ts';
import { computePodActions, isFinished, type PodActions, type Start } from './plan.ts';
import { makePodCgroup, podCgroup, removePodCgroup } from './pod-cgroups.ts';
import { hostDns, podDns } from './pod-dns.ts';
import { PodReporter } from './pod-reporter.ts';
import { PodResizer } from './pod-resizer.ts';
import { hasExited, isRunning, nothingRuns, type PodRuntime, readySandbox, type RuntimeContainer } from './pod-runtime.ts';
import { goSeconds } from './restart-backoff.ts';
import { runtimeHandler } from './runtime-class.ts';
import { runtimeErrorText } from './runtime-error-text.ts';
import { podLogDirectory, sandboxConfig } from './sandbox-config.ts';
import { startContainer, type WaitingReason } from './start-container.ts';
import { removeSandboxes, stopContainer, stopContainers } from './stop-pod.ts';

/** A sync that failed is tried again after this, doubling to 30 s. */
const leastRetryMs = 500;
const greatestRetryMs = 30_000;
/** Content of ConfigMaps, Secrets and tokens is brought up to date this often. */
const refreshMs = 60_000;
const maxRounds = 50;

/** Brings one pod of the node to what the API says, one step at a time; one worker a pod, so that nothing is done twice at once. */
export class PodWorker {
  readonly uid: string;
  readonly #node: NodeContext;
  readonly #onDone: () => void;
  /** As the API has it; undefined once the object is gone. */
  #pod: Pod | undefined;
  readonly #reporter: PodReporter;
  readonly #resizer: PodResizer;
  #runtime: PodRuntime = nothingRuns;
  readonly #waiting = new Map<string, WaitingReason>();
  #volumes: ReadonlyMap<string, string> | undefined;
  #cgroup: string | undefined;
  #refreshAtMs = 0;
  #failures = 0;
  #admitted = false;
  #running = false;
  #again = false;
  #stopped = false;
  #timer: Timer | undefined;
  /** Aborts what a start waits for (a pull, a hook) when the pod is to go. */
  #starting = new AbortController();
  #failure: { readonly reason: string; readonly message: string } | undefined;

  constructor(pod: Pod, node: NodeContext, onDone: () => void) {
    this.uid = pod.metadata?.uid ?? '';
    this.#pod = pod;
    this.#node = node;
    this.#reporter = new PodReporter(node, pod, this.#podDir);
    this.#resizer = new PodResizer(node, (running, context) => stopContainer(node, running, context));
    this.#onDone = onDone;
  }

  get pod(): Pod {
    return this.#reporter.pod;
  }

  get runtime(): PodRuntime {
    return this.#runtime;
  }

  waitingReason(container: string): WaitingReason | undefined {
    return this.#waiting.get(container);
  }

  /** The object has changed, or is gone (undefined). */
  update(pod: Pod | undefined): void {
    const before = this.#pod?.metadata;
    this.#pod = pod;
    if (pod && !this.#reporter.saw(pod)) return;
    if (before?.deletionTimestamp !== undefined) this.#shorten(before.deletionGracePeriodSeconds, pod?.metadata?.deletionGracePeriodSeconds ?? 0);
    else if (!pod || pod.metadata?.deletionTimestamp !== undefined) this.#starting.abort(new Error('the pod is to go'));
    this.wake();
  }

  /** Deleted again with less grace, or by force, while it was being ended gently: what still runs ends sooner. */
  #shorten(graceSeconds: number | undefined, nowSeconds: number): void {
    if (graceSeconds !== undefined && nowSeconds >= graceSeconds) return;
    for (const c of this.#runtime.containers.filter(isRunning)) this.#node.runtime.stopContainer(c.id, nowSeconds).catch(() => {});
  }

  /** Something may have to be done. */
  wake(): void {
    if (this.#stopped) return;
    this.#again = true;
    if (!this.#running) void this.#run();
  }

  /** Leaves everything as it is: containers run on. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  async #run(): Promise<void> {
    this.#running = true;
    this.#timer?.cancel();
    while (this.#again && !this.#stopped) {
      this.#again = false;
      try {
        const nextMs = await this.#sync();
        this.#failures = 0;
        if (nextMs === 'done') break;
        this.#wakeAfter(nextMs);
      } catch (error) {
        if (this.#starting.signal.aborted && this.#again) continue;
        this.#node.logger.warn('a pod could not be brought up to date, trying again', {
          pod: `${this.#reporter.pod.metadata?.namespace}/${this.#reporter.pod.metadata?.name}`,
          error,
        });
        this.#wakeAfter(Math.min(greatestRetryMs, leastRetryMs * 2 ** this.#failures++));
      }
    }
    this.#running = false;
  }

  #wakeAfter(ms: number): void {
    this.#timer?.cancel();
    if (!this.#stopped) this.#timer = this.#node.clock.after(ms, () => this.wake());
  }

  /** One pass; resolves with when to look again without news, in milliseconds. */
  async #sync(): Promise<number | 'done'> {
    this.#runtime = await this.#node.reader.read(this.uid);
    const pod = this.#pod;
    if (!pod || pod.metadata?.deletionTimestamp) return this.#terminate();
    const deadlineMs = this.#checkDeadline(pod);
    this.#admit(pod);
    if (this.#failure || isPodTerminal(pod) || (this.#runtime.sandboxes.length > 0 && isFinished(pod, this.#runtime))) return this.#finish(pod);
    if (!(await this.#prepare(pod))) return this.#retryPrepare(pod);
    let nextMs = Math.min(refreshMs, deadlineMs);
    if (await this.#resizer.sync(pod, this.#runtime)) this.#runtime = await this.#node.reader.read(this.uid);
    for (let round = 0; round < maxRounds; round++) {
      const actions = computePodActions(pod, this.#runtime, this.#node.prober);
      const outcome = await this.#act(pod, actions);
      nextMs = Math.min(nextMs, outcome.retryMs ?? refreshMs);
      if (!outcome.changed) break;
      this.#runtime = await this.#node.reader.read(this.uid);
      this.#watchProbes(pod);
      await this.#report(pod);
      if (this.#pod !== pod) break;
    }
    this.#watchProbes(pod);
    await this.#report(pod);
    if (this.#runtime.sandboxes.length > 0 && isFinished(pod, this.#runtime)) return this.#finish(pod);
    await this.#refresh(pod);
    await collectGarbage(this.#node, this.#runtime, this.#podDir);
    return nextMs;
  }

  /** A pod that is new here is refused when it does not fit: others may have come since it was bound. */
  #admit(pod: Pod): void {
    if (this.#admitted || this.#failure) return;
    this.#admitted = true;
    if (pod.status?.startTime !== undefined || this.#runtime.sandboxes.length > 0) return;
    const refusal = this.#node.refuse(pod);
    if (!refusal) return;
    this.#failure = { reason: refusal.reason, message: `Pod was rejected: ${refusal.message}` };
    this.#node.events.pod(pod, { type: 'Warning', ...refusal });
  }

  /** activeDeadlineSeconds of the pod itself; the milliseconds that are left of it. */
  #checkDeadline(pod: Pod): number {
    const seconds = pod.spec?.activeDeadlineSeconds;
    const started = parseTime(this.#reporter.pod.status?.startTime);
    if (seconds === undefined || this.#failure) return Number.POSITIVE_INFINITY;
    const leftMs = (started ?? this.#node.clock.now()) + seconds * 1000 - this.#node.clock.now();
    if (leftMs > 0) return leftMs;
    const message = 'Pod was active on the node longer than the specified deadline';
    this.#failure = { reason: 'DeadlineExceeded', message };
    this.#node.events.pod(pod, { type: 'Normal', reason: 'DeadlineExceeded', message });
    return 0;
  }

  get #podDir(): string {
    return join(this.#node.rootDir, 'pods', this.uid);
  }

  #volumeContext(pod: Pod): VolumeContext {
    const { objects, mountHost, nodeAllocatable, nodeIP } = this.#node;
    const ips = this.#runtime.podIPs.map((ip) => ({ ip }));
    const shown: Pod = {
      ...pod,
      status: { ...pod.status, hostIP: nodeIP, hostIPs: [{ ip: nodeIP }], ...(ips[0] ? { podIP: ips[0].ip, podIPs: ips } : {}) },
    };
    return { pod: shown, podDir: this.#podDir, sources: objects, host: mountHost, nodeAllocatable };
  }

  /** Folders, cgroup and volumes; false when a volume cannot be made yet. */
  async #prepare(pod: Pod): Promise<boolean> {
    if (this.#volumes) return true;
    await mkdir(this.#podDir, { recursive: true, mode: 0o750 });
    await mkdir(podLogDirectory(this.#node.logRoot, pod), { recursive: true, mode: 0o755 });
    this.#cgroup ??= makePodCgroup(this.#node.cgroupParent, pod);
    try {
      this.#volumes = await setUpVolumes(this.#volumeContext(pod));
      this.#refreshAtMs = this.#node.clock.monotonicMs() + refreshMs;
      return true;
    } catch (error) {
      const message = errorText(error);
      this.#node.events.pod(pod, { type: 'Warning', reason: 'FailedMount', message });
      return false;
    }
  }

  /** What runs already, as after a restart of the kubelet, is watched all the same. */
  async #retryPrepare(pod: Pod): Promise<number> {
    this.#watchProbes(pod);
    await this.#report(pod);
    return Math.min(greatestRetryMs, leastRetryMs * 2 ** Math.min(10, this.#failures++));
  }

  async #refresh(pod: Pod): Promise<void> {
    const nowMs = this.#node.clock.monotonicMs();
    if (nowMs < this.#refreshAtMs) return;
    this.#refreshAtMs = nowMs + refreshMs;
    await refreshVolumes(this.#volumeContext(pod));
  }

  async #act(pod: Pod, actions: PodActions): Promise<{ readonly changed: boolean; readonly retryMs?: number }> {
    if (actions.newSandbox) {
      if (this.#runtime.sandboxes.length > 0) {
        this.#node.events.pod(pod, { type: 'Normal', reason: 'SandboxChanged', message: 'Pod sandbox changed, it will be killed and re-created.' });
        await stopContainers(this.#node, this.#runtime, { pod, graceSeconds: pod.spec?.terminationGracePeriodSeconds ?? 30, podIP: '' });
        for (const s of this.#runtime.sandboxes) await this.#node.runtime.stopPodSandbox(s.id);
      }
      await this.#createSandbox(pod, actions.attempt);
      return { changed: true };
    }
    for (const { container, message, graceSeconds } of actions.kill) {
      await stopContainer(this.#node, container, {
        pod,
        message,
        graceSeconds: graceSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30,
        podIP: this.#runtime.podIPs[0] ?? '',
      });
      this.#node.prober.forget(container.id);
    }
    let changed = actions.kill.length > 0;
    let retryMs: number | undefined;
    for (const start of actions.start) {
      const outcome = await this.#start(pod, start);
      if (outcome === 'started') changed = true;
      else retryMs = Math.min(retryMs ?? outcome.retryMs, outcome.retryMs);
    }
    return { changed, ...(retryMs === undefined ? {} : { retryMs }) };
  }

  #sandboxConfig(pod: Pod, attempt: number): PodSandboxConfig {
    const dns = podDns(pod, { servers: this.#node.clusterDns, domain: this.#node.clusterDomain, host: hostDns() });
    return sandboxConfig(pod, {
      attempt,
      cgroupParent: this.#cgroup ?? podCgroup(this.#node.cgroupParent, pod),
      logRoot: this.#node.logRoot,
      clusterDomain: this.#node.clusterDomain,
      dns,
    });
  }

  async #createSandbox(pod: Pod, attempt: number): Promise<void> {
    try {
      await this.#node.runtime.runPodSandbox(this.#sandboxConfig(pod, attempt), await runtimeHandler(this.#node.client, pod));
    } catch (error) {
      this.#node.events.pod(pod, {
        type: 'Warning',
        reason: 'FailedCreatePodSandBox',
        message: `Failed to create pod sandbox: ${runtimeErrorText(error)}`,
      });
      await this.#report(pod);
      throw error;
    }
  }

  async #start(pod: Pod, start: Start): Promise<'started' | { readonly retryMs: number }> {
    const sandbox = readySandbox(this.#runtime);
    if (!sandbox) return { retryMs: leastRetryMs };
    const backoff = this.#backOff(pod, start);
    if (backoff !== undefined) return { retryMs: backoff };
    const { container, restartCount } = start;
    const waiting = await unless(
      this.#starting.signal,
      startContainer(this.#node, {
        pod,
        container,
        restartCount,
        sandbox,
        sandboxConfig: this.#sandboxConfig(pod, sandbox.metadata?.attempt ?? 0),
        podIPs: this.#runtime.podIPs.length > 0 ? this.#runtime.podIPs : pod.spec?.hostNetwork ? [this.#node.nodeIP] : [],
        volumes: this.#volumes ?? new Map(),
        podDir: this.#podDir,
        runtime: this.#runtime,
      }),
    );
    if (!waiting) {
      this.#waiting.delete(container.name);
      return 'started';
    }
    this.#waiting.set(container.name, waiting);
    return { retryMs: retryAfter(waiting.reason) };
  }

  /** Milliseconds to wait before a container that ended may start again; undefined for now. */
  #backOff(pod: Pod, { container, previous }: Start): number | undefined {
    if (!previous || !hasExited(previous)) return undefined;
    const { restarts, clock, events } = this.#node;
    const key = `${this.uid}_${container.name}`;
    const endedMs = Number(previous.finishedAt / 1_000_000n);
    const leftMs = restarts.remaining(key, endedMs, clock.now());
    if (leftMs <= 0) {
      restarts.next(key, clock.now());
      return undefined;
    }
    const { namespace, name } = pod.metadata ?? {};
    const podRef = `${name}_${namespace}(${this.uid})`;
    if (this.#waiting.get(container.name)?.reason !== 'CrashLoopBackOff') {
      events.container(pod, container, {
        type: 'Warning',
        reason: 'BackOff',
        message: `Back-off restarting failed container ${container.name} in pod ${podRef}`,
      });
    }
    this.#waiting.set(container.name, {
      reason: 'CrashLoopBackOff',
      message: `back-off ${goSeconds(restarts.delayOf(key))} restarting failed container=${container.name} pod=${podRef}`,
    });
    return leftMs;
  }

  #watchProbes(pod: Pod): void {
    const { prober, nodeIP } = this.#node;
    const running = this.#runtime.containers.filter(isRunning);
    prober.keepOnly(
      this.#runtime.containers.map((c) => c.id),
      new Set(running.map((c) => c.id)),
    );
    const byName = new Map<string, Container>([...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].map((c) => [c.name, c]));
    for (const c of running) {
      const container = byName.get(c.containerName);
      const podIP = this.#runtime.podIPs[0] ?? (pod.spec?.hostNetwork ? nodeIP : '');
      if (container) prober.watch(pod, container, { containerId: c.id, podIP, startedMs: Number(c.startedAt / 1_000_000n) });
    }
  }

  /** Tells the API, unless it knows or the object is gone. */
  async #report(pod: Pod, over = false): Promise<void> {
    if (!this.#pod) return;
    const resources = (container: Container, running: RuntimeContainer) => this.#resizer.given(pod, container, running);
    await this.#reporter.report(this.#runtime, { waiting: this.#waiting, over, failure: this.#failure, resources, resize: this.#resizer.state });
  }

  /** The pod has run to its end: its sandbox goes, its containers stay for their logs. */
  async #finish(pod: Pod): Promise<number> {
    if (this.#runtime.containers.some(isRunning)) {
      await stopContainers(this.#node, this.#runtime, {
        pod,
        graceSeconds: pod.spec?.terminationGracePeriodSeconds ?? 30,
        podIP: this.#runtime.podIPs[0] ?? '',
      });
      this.#runtime = await this.#node.reader.read(this.uid);
    }
    this.#forgetProbes();
    for (const s of this.#runtime.sandboxes) if (s.state === 'SANDBOX_READY') await this.#node.runtime.stopPodSandbox(s.id);
    await this.#report(pod, true);
    await this.#release();
    return refreshMs * 60;
  }

  async #release(): Promise<void> {
    await tearDownVolumes(this.#podDir, this.#node.mountHost);
    this.#volumes = undefined;
    for (let tries = 0; tries < 20 && !removePodCgroup(this.#node.cgroupParent, this.#reporter.pod); tries++) await this.#node.clock.sleep(50);
    this.#cgroup = undefined;
  }

  /** The pod is to go: gently, as its grace period says, then all that is left of it. */
  async #terminate(): Promise<'done'> {
    const pod = this.#reporter.pod;
    const graceSeconds = pod.metadata?.deletionGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30;
    // Whether it is ready still matters: its terminating endpoints may be served from.
    for (const c of this.#runtime.containers) this.#node.prober.spare(c.id);
    if (this.#pod && this.#runtime.containers.some(isRunning)) await this.#report(pod);
    await stopContainers(this.#node, this.#runtime, { pod, graceSeconds, podIP: this.#runtime.podIPs[0] ?? '' });
    this.#runtime = await this.#node.reader.read(this.uid);
    this.#forgetProbes();
    for (const s of this.#runtime.sandboxes) await this.#node.runtime.stopPodSandbox(s.id);
    if (this.#pod) await this.#report(pod, true);
    await this.#release();
    await removeSandboxes(this.#node, this.#runtime);
    await rm(this.#podDir, { recursive: true, force: true });
    await rm(podLogDirectory(this.#node.logRoot, pod), { recursive: true, force: true });
    if (this.#pod) await this.#reporter.delete();
    this.#node.restarts.forget(`${this.uid}_`);
    this.#node.images.forget(this.uid);
    this.#node.objects.forgetPod(this.uid);
    this.stop();
    this.#onDone();
    return 'done';
  }

  #forgetProbes(): void {
    for (const c of this.#runtime.containers) this.#node.prober.forget(c.id);
  }
}

/** What `work` resolves with, unless the signal aborts first; `work` is not waited for then. */
function unless<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(signal.reason as Error);
    if (signal.aborted) aborted();
    signal.addEventListener('abort', aborted, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted));
  });
}

/** A missing image or object is looked for again before long; a broken runtime not at once. */
function retryAfter(reason: string): number {
  switch (reason) {
    case 'CreateContainerConfigError':
      return 2_000;
    case 'ErrImageNeverPull':
      return 5_000;
    default:
      return 10_000;
  }
}
