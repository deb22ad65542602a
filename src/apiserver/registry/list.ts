import type { Reply } from '../../http/index.ts';
import { ListBody } from '../replies/list-body.ts';
import { includeObjectOf } from '../replies/table.ts';
import { readOptions } from './read-options.ts';
import { selectionOf } from './selection.ts';
import type { VerbScope } from './verb-scope.ts';

/** GET of a collection. */
export async function list(scope: VerbScope): Promise<Reply> {
  const { resource, request } = scope;
  const output = resource.lists.choose(request.headers['accept']);
  const rows = { include: includeObjectOf(request.query), nowMs: scope.registry.context.clock.now() };
  const options = readOptions(request.query, false);
  const result = await resource.store.list({
    ...selectionOf(scope),
    resourceVersion: options.resourceVersion,
    resourceVersionMatch: options.resourceVersionMatch,
    limit: options.limit,
    continue: options.continue,
  });
  return { kind: 'value', status: 200, warnings: scope.warnings, body: new ListBody(result, resource, { output, rows }) };
}
