import { isNotFound, type KubeObject, type Status } from '../../apimachinery/index.ts';
import type { Reply } from '../../http/index.ts';
import type { StoredObject, Update } from '../../storage/index.ts';
import { statusReply } from '../replies/status-body.ts';
import type { Output } from '../replies/media-types.ts';
import { admissionRequest, admit, admitValidate } from './admit.ts';
import { type DeleteRequest, deleteRequest } from './delete-options.ts';
import { checkPreconditions, type DeletionPlan, planDeletion } from './deletion.ts';
import { objectReply, storedReply } from './get.ts';
import { type VerbScope } from './verb-scope.ts';

/** Kinds whose deletion is answered with the object itself. */
const returnsObject: ReadonlySet<string> = new Set([
  'pods',
  'podtemplates',
  'services',
  'serviceaccounts',
  'persistentvolumes',
  'persistentvolumeclaims',
  'namespaces',
  'resourcequotas',
  'storageclasses.storage.k8s.io',
  'csidrivers.storage.k8s.io',
  'csinodes.storage.k8s.io',
  'volumeattachments.storage.k8s.io',
  'volumeattributesclasses.storage.k8s.io',
  'resourceclaims.resource.k8s.io',
  'resourceclaimtemplates.resource.k8s.io',
  'resourceslices.resource.k8s.io',
  'deviceclasses.resource.k8s.io',
]);

export interface Deleted {
  /** The last state, or how it stays. */
  readonly stored: StoredObject;
  /** Not written: a dry run. */
  readonly dryRunObject?: KubeObject;
  readonly gone: boolean;
}

/** DELETE of one object. */
export async function deleteOne(scope: VerbScope): Promise<Reply> {
  const { resource } = scope;
  const output = resource.objects.choose(scope.request.headers['accept']);
  const request = await deleteRequest(scope);
  const key = { namespace: resource.namespaced ? scope.info.namespace : '', name: scope.info.name };
  return deletedReply(scope, await deleteObject(scope, key, request), { request, output });
}

function deletedReply(scope: VerbScope, deleted: Deleted, options: { readonly request: DeleteRequest; readonly output: Output }): Reply {
  const { resource, warnings } = scope;
  const { output, request } = options;
  const status = !deleted.gone && request.asksAccepted ? 202 : 200;
  const name = resource.groupResource.group === '' ? resource.definition.plural : `${resource.definition.plural}.${resource.definition.group}`;
  if (!deleted.gone || returnsObject.has(name)) {
    return deleted.dryRunObject
      ? objectReply(scope, deleted.dryRunObject, { output, status })
      : storedReply(scope, deleted.stored, { output, status });
  }
  const { group, plural } = resource.definition;
  const { summary } = deleted.stored;
  const success: Status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name: summary.name, ...(group === '' ? {} : { group }), kind: plural, uid: summary.uid },
    code: 0,
  };
  const { code: _code, ...withoutCode } = success;
  const reply = statusReply(withoutCode as Status & { code: number });
  return { ...reply, status, ...(warnings.length > 0 ? { warnings } : {}) };
}

/** Deletes one object as its options, finalizers and grace period have it. */
export async function deleteObject(
  scope: VerbScope,
  key: { readonly namespace: string; readonly name: string },
  request: DeleteRequest,
): Promise<Deleted> {
  const { resource, registry } = scope;
  const { store, definition } = resource;
  const hooks = registry.hooksOf(resource);
  let outcome: DeletionPlan = { kind: 'pending' };
  let admitted: StoredObject | undefined;
  const decide = async (current: StoredObject): Promise<DeletionPlan> => {
    const object = current.bare();
    checkPreconditions(definition, { object, revision: current.revision }, request);
    if (admitted !== current) {
      await admitDelete(scope, object, { request, name: key.name });
      await hooks?.beforeDelete?.(object);
      admitted = current;
    }
    return planDeletion({
      definition,
      current: object,
      request,
      nowMs: registry.context.clock.now(),
      onMark: hooks?.onMarkDeleted?.bind(hooks),
    });
  };
  if (request.dryRun) {
    const current = await store.get(key);
    const plan = await decide(current);
    return { stored: current, gone: plan.kind === 'remove', ...(plan.kind === 'mark' ? { dryRunObject: plan.remaining } : {}) };
  }
  const result = await store.guaranteedUpdate(key, async (current): Promise<Update> => {
    outcome = await decide(current!);
    if (outcome.kind === 'remove') return { delete: true };
    return outcome.kind === 'pending' ? 'unchanged' : { object: outcome.remaining, managedFields: current!.managedFields };
  });
  const gone = result.outcome === 'deleted';
  if (gone) await hooks?.afterDelete?.(result.object.value());
  return { stored: result.object, gone };
}

async function admitDelete(scope: VerbScope, old: KubeObject, init: { readonly request: DeleteRequest; readonly name: string }): Promise<void> {
  const admission = admissionRequest(scope, {
    operation: 'DELETE',
    object: undefined,
    oldObject: old,
    options: init.request.object,
    dryRun: init.request.dryRun,
    name: init.name,
  });
  await admit(scope, admission);
  await admitValidate(scope, admission);
}

/** For collections: an object that another request deleted meanwhile counts as deleted. */
export async function deleteIfThere(scope: VerbScope, stored: StoredObject, request: DeleteRequest): Promise<Deleted | undefined> {
  const { namespace, name } = stored.summary;
  try {
    return await deleteObject(scope, { namespace, name }, request);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
