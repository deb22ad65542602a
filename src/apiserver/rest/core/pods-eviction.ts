import { type Eviction, isPodReady, type Pod, type PodDisruptionBudget } from '../../../api/index.ts';
import { failure, formatTime, selectorFromObject, StatusError, statusErrors, type Draft, type KubeObject } from '../../../apimachinery/index.ts';
import type { Reply } from '../../../http/index.ts';
import { admissionRequest, admit, admitValidate } from '../../registry/admit.ts';
import { deleteObject } from '../../registry/delete.ts';
import type { DeleteRequest } from '../../registry/delete-options.ts';
import type { VerbScope } from '../../registry/verb-scope.ts';
import { decodeSent, successReply } from '../decode-sent.ts';
import type { RestHandler } from '../rest-handler.ts';
import type { RestInit } from '../rest-init.ts';

const evictionKind = { group: 'policy', version: 'v1', kind: 'Eviction' };
const maxDisruptedPods = 2000;
const budgets = { group: 'policy', resource: 'poddisruptionbudgets' };

/** Pods that no budget protects: finished, not yet running, or on their way out already. */
function skipsBudgets(pod: Pod): boolean {
  const phase = pod.status?.phase;
  return phase === 'Succeeded' || phase === 'Failed' || phase === 'Pending' || Boolean(pod.metadata?.deletionTimestamp);
}

function tooMany(message: string, details: object): StatusError {
  return new StatusError(failure(429, 'TooManyRequests', message, details));
}

/** The budget after it has let one more Pod go. Throws 429 or 403 where it does not. */
export function spendBudget(budget: PodDisruptionBudget, podName: string, nowMs: number): PodDisruptionBudget {
  const name = budget.metadata?.name ?? '';
  const status = budget.status ?? ({} as NonNullable<PodDisruptionBudget['status']>);
  if ((status.observedGeneration ?? 0) < (budget.metadata?.generation ?? 0)) {
    const message = `The disruption budget ${name} is still being processed by the server.`;
    throw tooMany("Cannot evict pod as it would violate the pod's disruption budget.", {
      causes: [{ reason: 'DisruptionBudget', message }],
      retryAfterSeconds: 10,
    });
  }
  const allowed = status.disruptionsAllowed ?? 0;
  if (allowed < 0) throw statusErrors.forbidden(budgets, name, 'pdb disruptions allowed is negative');
  if (Object.keys(status.disruptedPods ?? {}).length > maxDisruptedPods) {
    throw statusErrors.forbidden(budgets, name, 'DisruptedPods map too big - too many evictions not confirmed by PDB controller');
  }
  if (allowed === 0) {
    const message = `The disruption budget ${name} needs ${status.desiredHealthy ?? 0} healthy pods and has ${status.currentHealthy ?? 0} currently`;
    throw tooMany("Cannot evict pod as it would violate the pod's disruption budget.", { causes: [{ reason: 'DisruptionBudget', message }] });
  }
  const disruptedPods = { ...status.disruptedPods, [podName]: formatTime(nowMs) };
  return { ...budget, status: { ...status, disruptionsAllowed: allowed - 1, disruptedPods } };
}

/** Whether a Pod that is not ready may go without asking. */
function unhealthyMayGo(budget: PodDisruptionBudget): boolean {
  if (budget.spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = budget.status ?? {};
  return currentHealthy >= desiredHealthy && desiredHealthy > 0;
}

/** POST of an Eviction on `pods/NAME/eviction`: a delete that asks the Pod's disruption budget first. */
export function podsEviction({ context }: RestInit): readonly RestHandler[] {
  async function askBudget(scope: VerbScope, pod: Pod, dryRun: boolean): Promise<void> {
    const namespace = scope.info.namespace;
    const store = context.store('policy', 'poddisruptionbudgets');
    const { items } = await store.list({ namespace });
    const matching = items
      .map((item) => item.value() as PodDisruptionBudget)
      .filter((b) => selectorFromObject(b.spec?.selector as never).matches(pod.metadata?.labels));
    if (matching.length === 0) return;
    if (matching.length > 1) {
      const message = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
      throw new StatusError(failure(500, '', message));
    }
    const [budget] = matching;
    if (!isPodReady(pod) && unhealthyMayGo(budget!)) return;
    const podName = pod.metadata!.name!;
    if (dryRun) return void spendBudget(budget!, podName, context.clock.now());
    await store.guaranteedUpdate({ namespace, name: budget!.metadata!.name! }, (current) => ({
      object: spendBudget(current!.value() as PodDisruptionBudget, podName, context.clock.now()),
      managedFields: current!.managedFields,
    }));
  }

  async function create(scope: VerbScope): Promise<Reply> {
    const { object: eviction, options } = await decodeSent<Eviction>(scope, evictionKind);
    const { name } = scope.info;
    if (eviction.metadata?.name && eviction.metadata.name !== name) {
      throw statusErrors.badRequest('name in URL does not match name in Eviction object');
    }
    const sent = eviction.deleteOptions ?? {};
    const dryRun = options.dryRun || (sent.dryRun?.length ?? 0) > 0;
    const admission = admissionRequest(scope, {
      operation: 'CREATE',
      object: eviction as unknown as Draft<KubeObject>,
      oldObject: undefined,
      options: options.object,
      dryRun,
      kind: evictionKind,
    });
    await admit(scope, admission);
    await admitValidate(scope, admission);
    const key = { namespace: scope.info.namespace, name };
    const pod = (await context.store('', 'pods').get(key)).value() as Pod;
    if (!skipsBudgets(pod)) await askBudget(scope, pod, dryRun);
    const request: DeleteRequest = {
      dryRun,
      gracePeriodSeconds: sent.gracePeriodSeconds,
      propagation: sent.propagationPolicy as DeleteRequest['propagation'],
      asksAccepted: false,
      preconditions: sent.preconditions ?? {},
      object: { ...sent, kind: 'DeleteOptions', apiVersion: 'meta.k8s.io/v1' } as KubeObject,
    };
    await deleteObject(scope, key, request);
    return successReply(scope, 201);
  }
  return [{ group: '', resource: 'pods', subresource: 'eviction', verbs: { create } }];
}
