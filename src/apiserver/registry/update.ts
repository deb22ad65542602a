import { copyJson, type Draft, type Json, type KubeObject, statusErrors } from '../../apimachinery/index.ts';
import type { Reply } from '../../http/index.ts';
import { decodeBody } from './decode-body.ts';
import { objectReply, storedReply } from './get.ts';
import { readBody } from './read-body.ts';
import { managerOf, writeOptions } from './request-options.ts';
import { updateObject } from './update-object.ts';
import type { VerbScope } from './verb-scope.ts';

/** PUT of a whole object, on the main resource or `/status`. */
export async function update(scope: VerbScope): Promise<Reply> {
  const { resource, info } = scope;
  const options = writeOptions(scope, 'UpdateOptions');
  const output = resource.objects.choose(scope.request.headers['accept']);
  const body = await readBody(scope, resource.definition.kind);
  const sent = resource.toStorage(
    decodeBody(
      body,
      { kind: resource.kind, schema: resource.version.schema },
      { fieldValidation: options.fieldValidation, warnings: scope.warnings },
    ),
  );
  checkNames(scope, sent as Draft<KubeObject>);
  const updated = await updateObject(scope, {
    verb: 'update',
    options,
    manager: managerOf(scope, options),
    transform: () => ({ object: copyJson(sent as Json) as Draft<KubeObject> }),
    mayCreate: info.subresource === '' && (resource.definition.strategy.allowCreateOnUpdate ?? false),
  });
  const status = updated.created ? 201 : 200;
  return updated.kind === 'stored' ? storedReply(scope, updated.object, { output, status }) : objectReply(scope, updated.object, { output, status });
}

/** The body's name and namespace are those of the URL, or absent. Fills them in. Throws 400. */
export function checkNames(scope: VerbScope, object: Draft<KubeObject>): void {
  const { info, resource } = scope;
  const meta = (object.metadata ??= {});
  if (!meta.name) {
    throw statusErrors.badRequest(`the name of the object (${info.name} based on URL) was undeterminable: name must be provided`);
  }
  if (meta.name !== info.name) {
    throw statusErrors.badRequest(`the name of the object (${meta.name}) does not match the name on the URL (${info.name})`);
  }
  const namespace = resource.namespaced ? info.namespace : '';
  if (!meta.namespace) {
    if (namespace !== '') meta.namespace = namespace;
  } else if (meta.namespace !== namespace) {
    throw statusErrors.badRequest(`the namespace of the object (${meta.namespace}) does not match the namespace on the request (${namespace})`);
  }
}
