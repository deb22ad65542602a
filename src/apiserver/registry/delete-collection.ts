import type { Reply } from '../../http/index.ts';
import { ListBody } from '../replies/list-body.ts';
import { includeObjectOf } from '../replies/table.ts';
import { deleteIfThere } from './delete.ts';
import { deleteRequest } from './delete-options.ts';
import { readOptions } from './read-options.ts';
import { selectionOf } from './selection.ts';
import type { VerbScope } from './verb-scope.ts';

/** Deletions under way at a time. */
const workers = 8;

/** DELETE of a collection: each selected object with the same options; answers with the list of them. */
export async function deleteCollection(scope: VerbScope): Promise<Reply> {
  const { resource, request, registry } = scope;
  const output = resource.lists.choose(request.headers['accept']);
  const options = readOptions(request.query, false);
  const deletion = await deleteRequest(scope);
  const list = await resource.store.list({
    ...selectionOf(scope),
    resourceVersion: options.resourceVersion,
    resourceVersionMatch: options.resourceVersionMatch,
    limit: options.limit,
    continue: options.continue,
  });
  const left = [...list.items];
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) await deleteIfThere(scope, next, deletion);
  };
  await Promise.all(Array.from({ length: Math.min(workers, left.length) }, work));
  const rows = { include: includeObjectOf(request.query), nowMs: registry.context.clock.now() };
  return { kind: 'value', status: 200, warnings: scope.warnings, body: new ListBody(list, resource, { output, rows }) };
}
