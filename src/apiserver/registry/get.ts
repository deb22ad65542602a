import { type KubeObject, statusErrors } from '../../apimachinery/index.ts';
import type { Reply } from '../../http/index.ts';
import type { StoredObject } from '../../storage/index.ts';
import { StoredBody } from '../replies/stored-body.ts';
import { includeObjectOf } from '../replies/table.ts';
import type { Output } from '../replies/media-types.ts';
import { ValueBody } from '../replies/value-body.ts';
import { checkRevision } from './read-options.ts';
import { keyOf, type VerbScope } from './verb-scope.ts';

/** Answers with a stored object. */
export function storedReply(scope: VerbScope, stored: StoredObject, options: { readonly output: Output; readonly status?: number }): Reply {
  const rows = { include: includeObjectOf(scope.request.query), nowMs: scope.registry.context.clock.now() };
  return {
    kind: 'value',
    status: options.status ?? 200,
    warnings: scope.warnings,
    body: new StoredBody(stored, scope.resource, { output: options.output, rows }),
  };
}

/** Answers with an object that is in no store (dry runs, reviews), in the storage version. */
export function objectReply(scope: VerbScope, object: KubeObject, options: { readonly output: Output; readonly status?: number }): Reply {
  const { resource } = scope;
  return {
    kind: 'value',
    status: options.status ?? 200,
    warnings: scope.warnings,
    body: new ValueBody(resource.serve(object), resource.custom ? undefined : resource.version.schema, options.output.mediaType),
  };
}

/** GET of one object. */
export async function get(scope: VerbScope): Promise<Reply> {
  const output = scope.resource.objects.choose(scope.request.headers['accept']);
  if (scope.info.name === '') throw statusErrors.badRequest('name must be provided');
  const resourceVersion = scope.request.query.get('resourceVersion') ?? '';
  checkRevision(resourceVersion);
  const key = keyOf(scope);
  const stored = await scope.resource.store.get(key, { resourceVersion });
  return storedReply(scope, stored, { output });
}
