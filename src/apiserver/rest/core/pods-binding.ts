import type { Binding, Pod } from '../../../api/index.ts';
import { fieldError, formatTime, type Draft, type KubeObject, statusErrors } from '../../../apimachinery/index.ts';
import type { Reply } from '../../../http/index.ts';
import { admissionRequest, admit, admitValidate } from '../../registry/admit.ts';
import type { VerbScope } from '../../registry/verb-scope.ts';
import { decodeSent, successReply } from '../decode-sent.ts';
import type { RestHandler } from '../rest-handler.ts';
import type { RestInit } from '../rest-init.ts';

const bindingKind = { group: '', version: 'v1', kind: 'Binding' };
const podBinding = { group: '', resource: 'pods/binding' };

/** The Pod as it is once bound. Throws 409 where it cannot be. */
export function bindPod(pod: Pod, binding: Binding, nowMs: number): Pod {
  const name = pod.metadata?.name ?? '';
  const conflict = (why: string) => statusErrors.conflict(podBinding, name, why);
  const { uid, resourceVersion } = binding.metadata ?? {};
  if (uid && uid !== pod.metadata?.uid) {
    throw conflict(`Precondition failed: UID in precondition: ${uid}, UID in object meta: ${pod.metadata?.uid ?? ''}`);
  }
  if (resourceVersion && resourceVersion !== pod.metadata?.resourceVersion) {
    throw conflict(
      `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${pod.metadata?.resourceVersion ?? ''}`,
    );
  }
  if (pod.metadata?.deletionTimestamp) throw conflict(`pod ${name} is being deleted, cannot be assigned to a host`);
  if (pod.spec?.nodeName) throw conflict(`pod ${name} is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`);
  if ((pod.spec?.schedulingGates?.length ?? 0) > 0) throw conflict(`pod ${name} has non-empty .spec.schedulingGates`);
  const annotations = binding.metadata?.annotations;
  const conditions = pod.status?.conditions ?? [];
  const before = conditions.find((c) => c.type === 'PodScheduled');
  const scheduled = {
    type: 'PodScheduled',
    status: 'True',
    lastTransitionTime: before?.status === 'True' ? before.lastTransitionTime : formatTime(nowMs),
  };
  const { nominatedNodeName: _nominated, ...status } = pod.status ?? {};
  return {
    ...pod,
    metadata: { ...pod.metadata, ...(annotations ? { annotations: { ...pod.metadata?.annotations, ...annotations } } : {}) },
    spec: { ...pod.spec, nodeName: binding.target!.name! },
    status: { ...status, conditions: [...conditions.filter((c) => c.type !== 'PodScheduled'), scheduled] },
  } as Pod;
}

function checkTarget(binding: Binding): void {
  const { target } = binding;
  const errors = [];
  if (target?.kind && target.kind !== 'Node') errors.push(fieldError.notSupported('target.kind', target.kind, ['Node', '<empty>']));
  if (!target?.name) errors.push(fieldError.required('target.name'));
  if (errors.length > 0) throw statusErrors.invalid('', 'Binding', binding.metadata?.name ?? '', errors);
}

/** POST of a Binding, on `pods/NAME/binding` or the older `bindings`. */
export function podsBinding({ context }: RestInit): readonly RestHandler[] {
  async function create(scope: VerbScope): Promise<Reply> {
    const { object: binding, options } = await decodeSent<Binding>(scope, bindingKind);
    const onPod = scope.info.resource === 'pods';
    if (onPod && binding.metadata?.name && binding.metadata.name !== scope.info.name) {
      throw statusErrors.badRequest('name in URL does not match name in Binding object');
    }
    const name = onPod ? scope.info.name : (binding.metadata?.name ?? '');
    checkTarget(binding);
    const admission = admissionRequest(scope, {
      operation: 'CREATE',
      object: binding as unknown as Draft<KubeObject>,
      oldObject: undefined,
      options: options.object,
      dryRun: options.dryRun,
      kind: bindingKind,
      name,
    });
    await admit(scope, admission);
    await admitValidate(scope, admission);
    const store = context.store('', 'pods');
    const key = { namespace: scope.info.namespace, name };
    if (options.dryRun) bindPod((await store.get(key)).value() as Pod, binding, context.clock.now());
    else {
      await store.guaranteedUpdate(key, (current) => ({
        object: bindPod(current!.value() as Pod, binding, context.clock.now()),
        managedFields: current!.managedFields,
      }));
    }
    return successReply(scope, 201);
  }
  return [
    { group: '', resource: 'pods', subresource: 'binding', verbs: { create } },
    { group: '', resource: 'bindings', subresource: '', verbs: { create }, exclusive: true },
  ];
}
