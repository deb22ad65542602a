/** taint-eviction-controller: deletes Pods that do not tolerate a NoExecute taint of their node, or no longer do. */
import type { Node, Pod, PodCondition } from '../../api/index.ts';
import { formatTime, isNotFound } from '../../apimachinery/index.ts';
import { keyOf, keyText, type ObjectKey } from '../../client/index.ts';
import type { Controller, ControllerContext, Reconciler, Result } from '../controller.ts';
import { same } from '../same.ts';
import { byNodeName, nodeNameIndex } from './pods-of-node.ts';
import { noExecuteTaints, tolerationMs } from './taints.ts';

export const taintEvictionController: Controller = {
  name: 'taint-eviction-controller',
  serviceAccount: 'node-controller',
  workers: 8,
  watches: [
    { resource: 'pods', mapToKey: 'custom' },
    { resource: 'nodes', mapToKey: 'custom' },
  ],
  start(context: ControllerContext): Reconciler {
    const pods = context.lister<Pod>('pods');
    const nodes = context.lister<Node>('nodes');
    context.informers.informer<Pod>('pods').addIndexer(nodeNameIndex, byNodeName);
    /** Since when, on the monotonic scale, a Pod's eviction is under way, by uid. */
    const since = new Map<string, number>();

    const reconcile = async (key: ObjectKey, signal: AbortSignal): Promise<Result> => {
      const pod = pods.get(key);
      if (pod === undefined || pod.metadata?.deletionTimestamp !== undefined) return;
      const uid = pod.metadata?.uid ?? '';
      const taints = noExecuteTaints(nodes.get({ namespace: '', name: pod.spec?.nodeName ?? '' }));
      const reference = { ...pod, apiVersion: 'v1', kind: 'Pod' };
      const toleratedMs = taints.length === 0 ? undefined : tolerationMs(taints, pod.spec?.tolerations ?? []);
      if (toleratedMs === undefined) {
        if (since.delete(uid)) context.recorder.event(reference, 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${keyText(key)}`);
        return;
      }
      const nowMs = context.clock.monotonicMs();
      const startMs = since.get(uid) ?? nowMs;
      const leftMs = startMs + toleratedMs - nowMs;
      if (leftMs > 0) {
        since.set(uid, startMs);
        return { requeueAfterMs: leftMs };
      }
      context.recorder.event(reference, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${keyText(key)}`);
      await evict(context, pod, signal);
      since.delete(uid);
    };
    return {
      reconcile,
      observe(resource, { type, object }) {
        if (resource === 'pods' && type === 'delete') since.delete(object.metadata?.uid ?? '');
      },
      map: {
        pods: ({ type, object, old }) => {
          const [pod, before] = [object as Pod, old as Pod | undefined];
          const moved = before?.spec?.nodeName !== pod.spec?.nodeName || !same(before?.spec?.tolerations, pod.spec?.tolerations);
          return type !== 'delete' && moved && (pod.spec?.nodeName ?? '') !== '' ? [keyOf(pod)] : [];
        },
        nodes: ({ object, old }) =>
          same(noExecuteTaints(object as Node), noExecuteTaints(old as Node | undefined))
            ? []
            : pods.byIndex(nodeNameIndex, object.metadata?.name ?? '').map(keyOf),
      },
    };
  },
};

async function evict({ client, clock }: ControllerContext, pod: Pod, signal: AbortSignal): Promise<void> {
  const condition: PodCondition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'DeletionByTaintManager',
    message: 'Taint manager: deleting due to NoExecute taint',
    lastTransitionTime: formatTime(clock.now()),
  };
  const pods = client.resource<Pod>('pods');
  try {
    await pods.patch(
      keyOf(pod),
      'strategic',
      { metadata: { uid: pod.metadata?.uid }, status: { conditions: [condition] } },
      { subresource: 'status', signal },
    );
    await pods.delete(keyOf(pod), { signal });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
