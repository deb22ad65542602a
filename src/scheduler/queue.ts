import { KeyedHeap } from '../base/index.ts';
import type { Pod } from '../api/index.ts';
import type { ClusterEvent, FrameworkPlugin, QueuedPod } from './framework/index.ts';

/** Upstream's podInitialBackoffSeconds, podMaxBackoffSeconds and the flush of pods that waited long, in milliseconds. */
const initialBackoffMs = 1_000;
const maxBackoffMs = 10_000;
const longestWaitMs = 5 * 60_000;

interface Waiting {
  readonly queued: QueuedPod;
  /** When back-off ends. */
  readonly readyAtMs: number;
}

/**
 * The scheduling queue: *active* pods are ready to be tried, pods in *backoff* were tried a moment ago, *unschedulable* ones wait for an
 * event that may help. Pure: time comes in as `nowMs`. A pod is in one place at most, or in flight.
 */
export class SchedulingQueue {
  readonly #plugins: ReadonlyMap<string, FrameworkPlugin>;
  readonly #active: KeyedHeap<QueuedPod>;
  readonly #backoff = new Map<string, Waiting>();
  readonly #unschedulable = new Map<string, Waiting>();
  /** Pods being tried, with the events seen since: one of them may have come too late for the cycle to notice. */
  readonly #inFlight = new Map<string, { readonly events: ClusterEvent[]; readonly attempts: number }>();

  constructor(plugins: readonly FrameworkPlugin[]) {
    this.#plugins = new Map(plugins.map((p) => [p.name, p]));
    const sorter = plugins.find((p) => p.less);
    this.#active = new KeyedHeap((a, b) => sorter?.less?.(a, b) || a.timestampMs - b.timestampMs);
  }

  /** Adds a pod, or replaces the object of one that waits: a changed pod is worth another try. */
  update(pod: Pod, nowMs: number): void {
    const uid = pod.metadata?.uid ?? '';
    if (this.#inFlight.has(uid)) return;
    const known = this.#active.get(uid) ?? this.#backoff.get(uid)?.queued ?? this.#unschedulable.get(uid)?.queued;
    if (known && sameSpec(known.pod, pod)) {
      this.#replace(uid, { ...known, pod });
      return;
    }
    this.remove(uid);
    if (this.#blocked(pod))
      this.#unschedulable.set(uid, { queued: { ...fresh(pod, nowMs), unschedulablePlugins: new Set(['SchedulingGates']) }, readyAtMs: nowMs });
    else this.#activate({ ...fresh(pod, nowMs), attempts: known?.attempts ?? 0 });
  }

  remove(uid: string): void {
    this.#active.delete(uid);
    this.#backoff.delete(uid);
    this.#unschedulable.delete(uid);
  }

  /** The next pod to try, which is in flight until `done` or `requeue`. */
  pop(nowMs: number): QueuedPod | undefined {
    this.#flush(nowMs);
    const next = this.#active.pop();
    if (!next) return undefined;
    const uid = next.pod.metadata?.uid ?? '';
    this.#inFlight.set(uid, { events: [], attempts: next.attempts + 1 });
    return { ...next, attempts: next.attempts + 1 };
  }

  /** The pod is placed, or gone. */
  done(uid: string): void {
    this.#inFlight.delete(uid);
  }

  /** No node took the pod (`plugins` refused it), or trying failed (`plugins` empty). `pod` is the object as it stands now. */
  requeue(pod: Pod, plugins: ReadonlySet<string>, nowMs: number): void {
    const uid = pod.metadata?.uid ?? '';
    const flight = this.#inFlight.get(uid);
    this.#inFlight.delete(uid);
    const attempts = flight?.attempts ?? 1;
    const waiting: Waiting = {
      queued: { pod, timestampMs: nowMs, attempts, unschedulablePlugins: plugins },
      readyAtMs: nowMs + Math.min(maxBackoffMs, initialBackoffMs * 2 ** (attempts - 1)),
    };
    const helped = plugins.size === 0 || (flight?.events ?? []).some((event) => this.#mayHelp(event, waiting.queued));
    (helped ? this.#backoff : this.#unschedulable).set(uid, waiting);
  }

  /** Something changed: pods it may help leave the unschedulable ones, for back-off or, when that is over, to be tried. */
  onEvent(event: ClusterEvent, nowMs: number): void {
    for (const flight of this.#inFlight.values()) if (flight.events.length < 100) flight.events.push(event);
    for (const [uid, waiting] of this.#unschedulable) {
      if (this.#blocked(waiting.queued.pod) || !this.#mayHelp(event, waiting.queued)) continue;
      this.#unschedulable.delete(uid);
      if (waiting.readyAtMs <= nowMs) this.#activate(waiting.queued);
      else this.#backoff.set(uid, waiting);
    }
  }

  /** When `pop` may have something without further news; undefined when nothing waits for time to pass. */
  nextWakeMs(): number | undefined {
    if (this.#active.size > 0) return 0;
    const times = [...this.#backoff.values()]
      .map((w) => w.readyAtMs)
      .concat([...this.#unschedulable.values()].map((w) => w.queued.timestampMs + longestWaitMs));
    return times.length === 0 ? undefined : Math.min(...times);
  }

  get sizes(): { readonly active: number; readonly backoff: number; readonly unschedulable: number } {
    return { active: this.#active.size, backoff: this.#backoff.size, unschedulable: this.#unschedulable.size };
  }

  #activate(queued: QueuedPod): void {
    this.#active.set(queued.pod.metadata?.uid ?? '', queued);
  }

  #flush(nowMs: number): void {
    for (const [uid, waiting] of this.#backoff) {
      if (waiting.readyAtMs > nowMs) continue;
      this.#backoff.delete(uid);
      this.#activate(waiting.queued);
    }
    for (const [uid, waiting] of this.#unschedulable) {
      if (waiting.queued.timestampMs + longestWaitMs > nowMs || this.#blocked(waiting.queued.pod)) continue;
      this.#unschedulable.delete(uid);
      this.#activate(waiting.queued);
    }
  }

  #replace(uid: string, queued: QueuedPod): void {
    if (this.#active.get(uid)) return this.#activate(queued);
    for (const place of [this.#backoff, this.#unschedulable]) {
      const waiting = place.get(uid);
      if (waiting) place.set(uid, { ...waiting, queued });
    }
  }

  #blocked(pod: Pod): boolean {
    return [...this.#plugins.values()].some((p) => p.preEnqueue?.(pod) !== undefined);
  }

  #mayHelp(event: ClusterEvent, queued: QueuedPod): boolean {
    for (const name of queued.unschedulablePlugins) {
      const hint = this.#plugins.get(name)?.queueingHint;
      if (!hint || hint(event, queued.pod)) return true;
    }
    return false;
  }
}

function fresh(pod: Pod, nowMs: number): QueuedPod {
  return { pod, timestampMs: nowMs, attempts: 0, unschedulablePlugins: new Set() };
}

/** Status updates (the condition this scheduler writes itself) are no reason to try again. */
function sameSpec(a: Pod, b: Pod): boolean {
  return (
    JSON.stringify([a.spec, a.metadata?.labels, a.metadata?.annotations]) === JSON.stringify([b.spec, b.metadata?.labels, b.metadata?.annotations])
  );
}
