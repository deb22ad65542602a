/** namespace-controller: empties a namespace that is being deleted, Pods first, and lets it go. */
import { errorText } from '../../base/index.ts';
import type { Namespace, Pod } from '../../api/index.ts';
import { formatTime, isConflict, isNotFound, isStatusError, type KubeObject } from '../../apimachinery/index.ts';
import { discover, type DiscoveredResource, keyOf, preferredResources } from '../../client/index.ts';
import type { Controller, ControllerContext, Reconciler, Result } from '../controller.ts';
import { same } from '../same.ts';
import { type Findings, namespaceConditions } from './conditions.ts';

const finalizer = 'kubernetes';
/** Content that waits for someone's finalizer is looked at again after half of this, at the latest. */
const finalizerEstimateSeconds = 15;

interface MutableFindings extends Findings {
  readonly deletionErrors: string[];
  readonly remaining: Map<string, number>;
  readonly finalizers: Map<string, number>;
  estimateSeconds: number;
}

export const namespaceController: Controller = {
  name: 'namespace-controller',
  serviceAccount: 'namespace-controller',
  workers: 10,
  watches: [{ resource: 'namespaces', mapToKey: 'self' }],
  start: (context) => new Namespaces(context),
};

class Namespaces implements Reconciler {
  readonly #context: ControllerContext;
  /** Looks so far, by uid: the first come soon, later ones with the estimate. */
  readonly #tries = new Map<string, number>();

  constructor(context: ControllerContext) {
    this.#context = context;
    context.lister<Namespace>('namespaces');
  }

  async reconcile(key: { readonly namespace: string; readonly name: string }, signal: AbortSignal): Promise<Result> {
    const cached = this.#context.lister<Namespace>('namespaces').get(key);
    if (cached?.metadata?.deletionTimestamp === undefined) return;
    const namespace = await this.#fresh(key.name, signal);
    const uid = cached.metadata.uid ?? '';
    if (namespace?.metadata?.deletionTimestamp === undefined || !(namespace.spec?.finalizers ?? []).includes(finalizer)) {
      this.#tries.delete(uid);
      return;
    }
    const findings = await this.#empty(namespace, signal);
    await this.#writeConditions(namespace, findings, signal);
    if (findings.remaining.size > 0 || findings.finalizers.size > 0) {
      const tries = this.#tries.get(uid) ?? 0;
      this.#tries.set(uid, tries + 1);
      const estimate = Math.max(1, Math.floor(findings.estimateSeconds / 2) + 1);
      return { requeueAfterMs: Math.min(estimate * 1000, 500 * 2 ** Math.min(tries, 10)) };
    }
    if (findings.discoveryError !== undefined) throw new Error(findings.discoveryError);
    if (findings.deletionErrors.length > 0) throw new Error(`unable to delete all content of ${key.name}: ${findings.deletionErrors.join(', ')}`);
    this.#tries.delete(uid);
    await this.#finalize(namespace, signal);
  }

  async #fresh(name: string, signal: AbortSignal): Promise<Namespace | undefined> {
    try {
      return await this.#context.client.resource<Namespace>('namespaces').get(name, { signal });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async #empty(namespace: Namespace, signal: AbortSignal): Promise<MutableFindings> {
    const { client } = this.#context;
    const name = namespace.metadata?.name ?? '';
    const discovered = await discover(client.transport, signal);
    const resources = preferredResources(discovered, ['delete', 'list']).filter((r) => r.namespaced);
    const findings: MutableFindings = {
      ...(discovered.failed.size === 0 ? {} : { discoveryError: discoveryError(discovered.failed) }),
      deletionErrors: [],
      remaining: new Map(),
      finalizers: new Map(),
      estimateSeconds: 0,
    };
    const isPods = (r: DiscoveredResource) => r.group === '' && r.plural === 'pods';
    // Pods end first: what they use (policies, secrets, volumes) must outlive them.
    for (const resource of resources.filter(isPods)) await this.#emptyResource(resource, name, { findings, signal });
    if (findings.remaining.size > 0 || findings.deletionErrors.length > 0) return findings;
    for (const resource of resources.filter((r) => !isPods(r))) await this.#emptyResource(resource, name, { findings, signal });
    return findings;
  }

  async #emptyResource(
    resource: DiscoveredResource,
    namespace: string,
    { findings, signal }: { readonly findings: MutableFindings; readonly signal: AbortSignal },
  ): Promise<void> {
    const objects = this.#context.client.metadata(resource);
    try {
      if (resource.verbs.includes('deletecollection')) {
        await objects.deleteCollection({ namespace, propagationPolicy: 'Background', signal });
      } else {
        const { items } = await objects.listAll({ namespace, signal });
        for (const item of items) await objects.delete(keyOf(item), { propagationPolicy: 'Background', signal }).catch(unlessNotFound);
      }
      const { items } = await objects.listAll({ namespace, signal });
      if (items.length > 0) note(findings, resource, items);
    } catch (error) {
      signal.throwIfAborted();
      // The resource itself has gone (its definition was deleted): so has what was stored of it.
      if (isNotFound(error) || (isStatusError(error) && error.code === 405)) return;
      findings.deletionErrors.push(errorText(error));
    }
  }

  async #writeConditions(namespace: Namespace, findings: Findings, signal: AbortSignal): Promise<void> {
    const now = formatTime(this.#context.clock.now());
    const conditions = namespaceConditions(namespace.status?.conditions, findings, now);
    if (namespace.status?.phase === 'Terminating' && same(conditions, namespace.status.conditions)) return;
    const status = { ...namespace.status, phase: 'Terminating', conditions };
    try {
      await this.#context.client.resource<Namespace>('namespaces').updateStatus({ ...namespace, status }, { signal });
    } catch (error) {
      if (!isConflict(error) && !isNotFound(error)) throw error;
    }
  }

  async #finalize(namespace: Namespace, signal: AbortSignal): Promise<void> {
    const name = namespace.metadata?.name ?? '';
    for (;;) {
      const fresh = await this.#fresh(name, signal);
      if (fresh === undefined || fresh.metadata?.uid !== namespace.metadata?.uid) return;
      const finalizers = (fresh.spec?.finalizers ?? []).filter((f) => f !== finalizer);
      try {
        await this.#context.client
          .resource<Namespace>('namespaces')
          .update({ ...fresh, spec: { ...fresh.spec, finalizers } }, { subresource: 'finalize', signal });
        return;
      } catch (error) {
        if (isNotFound(error)) return;
        if (!isConflict(error)) throw error;
      }
    }
  }
}

function note(findings: MutableFindings, resource: DiscoveredResource, items: readonly KubeObject[]): void {
  findings.remaining.set(`${resource.plural}.${resource.group}`, items.length);
  for (const item of items) {
    for (const name of item.metadata?.finalizers ?? []) {
      findings.finalizers.set(name, (findings.finalizers.get(name) ?? 0) + 1);
      findings.estimateSeconds = Math.max(findings.estimateSeconds, finalizerEstimateSeconds);
    }
    const grace = item.metadata?.deletionGracePeriodSeconds ?? (item as Pod).spec?.terminationGracePeriodSeconds ?? 0;
    findings.estimateSeconds = Math.max(findings.estimateSeconds, grace);
  }
}

function discoveryError(failed: ReadonlyMap<string, string>): string {
  const texts = [...failed].map(([groupVersion, why]) => `${groupVersion}: ${why}`);
  return `Discovery failed for some groups, ${failed.size} failing: unable to retrieve the complete list of server APIs: ${texts.join(', ')}`;
}

function unlessNotFound(error: unknown): void {
  if (!isNotFound(error)) throw error;
}
