/** deployment-controller: ReplicaSets by template hash, rolled or recreated. The plans are pure (scaling, status, revision); here they are carried out. */
import { controllerOf, type Deployment, type Pod, type ReplicaSet } from '../../api/index.ts';
import { byControllerUid, controllerUidIndex, keyOf, type ObjectKey } from '../../client/index.ts';
import type { Change, Controller, ControllerContext, Reconciler } from '../controller.ts';
import { selectorMatches } from '../label-selector.ts';
import { DeploymentSync } from './sync.ts';

export const deploymentController: Controller = {
  name: 'deployment-controller',
  serviceAccount: 'deployment-controller',
  ownerKind: 'Deployment',
  watches: [
    { resource: 'deployments', mapToKey: 'self' },
    { resource: 'replicasets', mapToKey: 'custom' },
    { resource: 'pods', mapToKey: 'custom' },
  ],
  start(context: ControllerContext): Reconciler {
    const deployments = context.lister<Deployment>('deployments');
    const replicaSets = context.lister<ReplicaSet>('replicasets');
    context.lister<Pod>('pods');
    context.informers.informer('replicasets').addIndexer(controllerUidIndex, byControllerUid);
    context.informers.informer('pods').addIndexer(controllerUidIndex, byControllerUid);
    const sync = new DeploymentSync(context);

    const ownerOf = (set: ReplicaSet): ObjectKey | undefined => {
      const ref = controllerOf(set);
      return ref?.kind === 'Deployment' ? { namespace: set.metadata?.namespace ?? '', name: ref.name } : undefined;
    };
    const setChanged = ({ type, object, old }: Change<ReplicaSet>): readonly ObjectKey[] => {
      const keys = [object, ...(old === undefined ? [] : [old])].flatMap((set) => ownerOf(set) ?? []);
      if (type === 'delete' || controllerOf(object) !== undefined) return keys;
      const candidates = deployments.list(object.metadata?.namespace ?? '').filter((d) => selectorMatches(d.spec?.selector, object.metadata?.labels));
      return [...keys, ...candidates.map(keyOf)];
    };
    /** A Recreate update waits for the last old pod to go. */
    const podChanged = ({ type, object }: Change<Pod>): readonly ObjectKey[] => {
      const ref = controllerOf(object);
      if (type !== 'delete' || ref?.kind !== 'ReplicaSet') return [];
      const set = replicaSets.get({ namespace: object.metadata?.namespace ?? '', name: ref.name });
      const owner = set && ownerOf(set);
      const deployment = owner && deployments.get(owner);
      return owner !== undefined && deployment?.spec?.strategy?.type === 'Recreate' ? [owner] : [];
    };
    return {
      reconcile: async (key, signal) => {
        const deployment = deployments.get(key);
        if (deployment === undefined) return;
        return await sync.sync(deployment, signal);
      },
      map: { replicasets: (change) => setChanged(change as Change<ReplicaSet>), pods: (change) => podChanged(change as Change<Pod>) },
    };
  },
};
