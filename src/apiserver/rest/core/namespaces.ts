import type { Namespace } from '../../../api/index.ts';
import { copyJson, type Draft, type Json, type KubeObject } from '../../../apimachinery/index.ts';
import type { Reply } from '../../../http/index.ts';
import { decodeBody } from '../../registry/decode-body.ts';
import { storedReply } from '../../registry/get.ts';
import { readBody } from '../../registry/read-body.ts';
import { writeOptions } from '../../registry/request-options.ts';
import { checkNames } from '../../registry/update.ts';
import { keyOf, type VerbScope } from '../../registry/verb-scope.ts';
import type { RestHandler } from '../rest-handler.ts';
import type { RestHooks } from '../rest-hooks.ts';
import { statusErrors } from '../../../apimachinery/index.ts';

/** Namespaces go in two steps: marked first, gone when `spec.finalizers` is empty. */
export const namespaceHooks: RestHooks = {
  group: '',
  resource: 'namespaces',
  onMarkDeleted(object) {
    const namespace = object as Draft<Namespace>;
    const held = (namespace.spec?.finalizers?.length ?? 0) > 0;
    if (held) namespace.status = { ...namespace.status, phase: 'Terminating' };
    return held;
  },
};

/** PUT on `namespaces/NAME/finalize`: only `spec.finalizers` changes; the last one lets the Namespace go. */
export function namespacesFinalize(): readonly RestHandler[] {
  async function update(scope: VerbScope): Promise<Reply> {
    const { resource } = scope;
    const options = writeOptions(scope, 'UpdateOptions');
    const output = resource.objects.choose(scope.request.headers['accept']);
    const body = await readBody(scope, 'Namespace');
    const sent = decodeBody(body, { kind: resource.kind, schema: resource.version.schema }, { fieldValidation: options.fieldValidation, warnings: scope.warnings });
    checkNames(scope, sent);
    const finalizers = (sent as Draft<Namespace>).spec?.finalizers ?? [];
    const result = await resource.store.guaranteedUpdate(keyOf(scope), (current) => {
      const { resourceVersion } = sent.metadata ?? {};
      if (resourceVersion && resourceVersion !== String(current!.revision)) {
        throw statusErrors.conflict(
          resource.groupResource,
          scope.info.name,
          'the object has been modified; please apply your changes to the latest version and try again',
        );
      }
      const object = copyJson(current!.bare() as Json) as unknown as Draft<Namespace>;
      object.spec = { ...object.spec, finalizers };
      if (finalizers.length === 0) delete object.spec.finalizers;
      const isOver = Boolean(object.metadata?.deletionTimestamp) && finalizers.length === 0 && (object.metadata?.finalizers?.length ?? 0) === 0;
      return isOver ? { delete: true } : { object: object as KubeObject, managedFields: current!.managedFields };
    });
    return storedReply(scope, result.object, { output });
  }
  return [{ group: '', resource: 'namespaces', subresource: 'finalize', verbs: { update } }];
}
