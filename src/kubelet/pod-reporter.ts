import { isConflict, isNotFound } from '../apimachinery/index.ts';
import type { Pod, PodCondition, PodStatus } from '../api/index.ts';
import type { NodeContext } from './node-context.ts';
import { hasExited, type PodRuntime } from './pod-runtime.ts';
import { podStatus, type StatusInput } from './pod-status.ts';
import { readTerminationMessage } from './start-container.ts';

/** A server that does not answer must not keep the worker from its containers. */
const patchTimeoutMs = 10_000;

/** What a worker knows beside the runtime. */
export type Report = Pick<StatusInput, 'waiting' | 'over' | 'resources' | 'resize'> & {
  readonly failure: StatusInput['failure'] | undefined;
};

/** Tells the API how one pod is, and knows what it was told last. */
export class PodReporter {
  readonly #node: NodeContext;
  readonly #podDir: string;
  readonly #messages = new Map<string, string>();
  #last: Pod;
  #sent = '';
  /** resourceVersion of the last status written here. */
  #written: string | undefined;

  constructor(node: NodeContext, pod: Pod, podDir: string) {
    this.#node = node;
    this.#last = pod;
    this.#podDir = podDir;
  }

  /** The newest object known. */
  get pod(): Pod {
    return this.#last;
  }

  /** The API's newest object; false when it is what was written here, which is no news. */
  saw(pod: Pod): boolean {
    this.#last = pod;
    return pod.metadata?.resourceVersion !== this.#written;
  }

  /** Writes the status unless it is what was written last. Rejects when the API cannot be reached. */
  async report(runtime: PodRuntime, report: Report): Promise<void> {
    await this.#readMessages(runtime);
    const { prober, nodeIP, clock } = this.#node;
    const { failure, ...rest } = report;
    const status = podStatus({
      pod: this.#last,
      runtime,
      isReady: (c) => prober.ready(c.id),
      isStarted: (c) => prober.started(c.id),
      terminationMessage: (c) => this.#messages.get(c.id) ?? '',
      hostIP: nodeIP,
      nowMs: clock.now(),
      ...rest,
      over: report.over === true || failure !== undefined,
      ...(failure ? { failure } : {}),
    });
    const text = JSON.stringify(status);
    if (text === this.#sent) return;
    await this.#patch(status);
    this.#sent = text;
  }

  /** Removes the object: nothing is left of the pod here. One that is gone, or is another's by now, is fine. */
  async delete(): Promise<void> {
    const { namespace = '', name = '', uid = '' } = this.#last.metadata ?? {};
    await orGone(this.#node.client.resource('pods').delete({ namespace, name }, { gracePeriodSeconds: 0, preconditions: { uid } }));
  }

  async #patch(status: PodStatus): Promise<void> {
    const { namespace = '', name = '', uid = '' } = this.#last.metadata ?? {};
    // Lists that merge by key would keep addresses of an earlier sandbox.
    const replaced = (list: readonly object[] | undefined) => (list === undefined ? [] : [{ $patch: 'replace' }, ...list]);
    const patch = {
      metadata: { uid },
      status: {
        ...status,
        conditions: [...(status.conditions ?? []), ...goneConditions(this.#last.status?.conditions, status.conditions)],
        hostIPs: replaced(status.hostIPs),
        ...(status.podIPs ? { podIPs: replaced(status.podIPs) } : {}),
      },
    };
    const signal = AbortSignal.timeout(patchTimeoutMs);
    const updated = await orGone(
      this.#node.client.resource<Pod>('pods').patch({ namespace, name }, 'strategic', patch, { subresource: 'status', signal }),
    );
    if (!updated) return;
    this.#written = updated.metadata?.resourceVersion;
    this.#last = updated;
  }

  async #readMessages({ containers }: PodRuntime): Promise<void> {
    for (const c of containers)
      if (hasExited(c) && !this.#messages.has(c.id)) this.#messages.set(c.id, await readTerminationMessage(this.#podDir, c));
  }
}

function goneConditions(before: readonly PodCondition[] | undefined, now: readonly PodCondition[] | undefined): object[] {
  return (before ?? []).filter((b) => !now?.some((n) => n.type === b.type)).map(({ type }) => ({ type, $patch: 'delete' }));
}

async function orGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isNotFound(error) || isConflict(error)) return undefined;
    throw error;
  }
}
