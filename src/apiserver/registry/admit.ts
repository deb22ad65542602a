import type { Draft, KubeObject, GroupVersionKind } from '../../apimachinery/index.ts';
import type { AdmissionOperation, AdmissionRequest } from '../admission-types.ts';
import type { VerbScope } from './verb-scope.ts';

/** A write as admission is to see it. */
export interface AdmissionInit {
  readonly operation: AdmissionOperation;
  readonly object: Draft<KubeObject> | undefined;
  readonly oldObject: KubeObject | undefined;
  readonly options: KubeObject;
  readonly dryRun: boolean;
  /** Of the object, where a subresource has a kind of its own. */
  readonly kind?: GroupVersionKind;
  /** Where it is not the request's: create has it in the body. */
  readonly name?: string;
}

export function admissionRequest(scope: VerbScope, init: AdmissionInit): AdmissionRequest {
  const { resource, info, user, warnings } = scope;
  return {
    operation: init.operation,
    definition: resource.definition,
    kind: init.kind ?? resource.kind,
    group: info.group,
    version: info.version,
    resource: info.resource,
    subresource: info.subresource,
    namespace: info.namespace,
    name: init.name ?? info.name,
    user,
    dryRun: init.dryRun,
    object: init.object,
    oldObject: init.oldObject,
    options: init.options,
    addWarning: (text) => void warnings.push(text),
    addAuditAnnotation: () => {},
  };
}

/** Mutating admission: every plugin that handles the operation, in order. */
export async function admit(scope: VerbScope, request: AdmissionRequest): Promise<void> {
  for (const plugin of scope.registry.admission) {
    if (!plugin.admit || !plugin.handles(request.operation)) continue;
    const pending = plugin.admit(request);
    if (pending) await pending;
  }
}

/** Validating admission. */
export async function admitValidate(scope: VerbScope, request: AdmissionRequest): Promise<void> {
  for (const plugin of scope.registry.admission) {
    if (!plugin.validate || !plugin.handles(request.operation)) continue;
    const pending = plugin.validate(request);
    if (pending) await pending;
  }
}
