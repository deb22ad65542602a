import { podCondition, type Pod, type Service } from '../../api/index.ts';
import { parseTime } from '../../apimachinery/index.ts';

interface Seen {
  readonly serviceMs: number;
  readonly pods: ReadonlyMap<string, number>;
}

/** When the change happened that made a Service's endpoints change: its creation, or the earliest change of a Pod since the last look. */
export class TriggerTimes {
  readonly #seen = new Map<string, Seen>();

  /** Milliseconds; undefined when nothing that bears a time has changed. Remembers what it was given. */
  compute(key: string, service: Service, pods: readonly Pod[]): number | undefined {
    const old = this.#seen.get(key);
    const serviceMs = parseTime(service.metadata?.creationTimestamp) ?? 0;
    const times = new Map(pods.map((pod) => [pod.metadata?.name ?? '', podTriggerMs(pod)]));
    this.#seen.set(key, { serviceMs, pods: times });
    const changed: number[] = [];
    for (const [name, ms] of times) if (ms > (old?.pods.get(name) ?? 0)) changed.push(ms);
    if (serviceMs > (old?.serviceMs ?? 0)) changed.push(serviceMs);
    return changed.length === 0 ? undefined : Math.min(...changed);
  }

  forget(key: string): void {
    this.#seen.delete(key);
  }
}

function podTriggerMs(pod: Pod): number {
  return parseTime(podCondition(pod, 'Ready')?.lastTransitionTime) ?? parseTime(pod.metadata?.creationTimestamp) ?? 0;
}
