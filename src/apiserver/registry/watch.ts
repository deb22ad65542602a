import { isStatusError, statusErrors } from '../../apimachinery/index.ts';
import type { Reply } from '../../http/index.ts';
import type { ResourceWatch } from '../../storage/index.ts';
import { includeObjectOf } from '../replies/table.ts';
import { ErrorStream, WatchStream } from '../replies/watch-stream.ts';
import { readOptions, type ReadOptions } from './read-options.ts';
import { selectionOf } from './selection.ts';
import type { VerbScope } from './verb-scope.ts';

/** GET with `watch=true`: events as they come, until the client, its timeout or the server ends it. */
export async function watch(scope: VerbScope): Promise<Reply> {
  const { resource, request } = scope;
  if (!resource.definition.verbs.includes('watch')) throw statusErrors.methodNotSupported(resource.groupResource, 'watch');
  const output = resource.watches.choose(request.headers['accept']);
  const include = includeObjectOf(request.query);
  const options = readOptions(request.query, true);
  const { clock } = scope.registry.context;
  let source: ResourceWatch;
  try {
    source = await resource.store.watch({
      ...selectionOf(scope),
      resourceVersion: options.resourceVersion,
      allowWatchBookmarks: options.allowWatchBookmarks,
      ...(options.sendInitialEvents === undefined ? {} : { sendInitialEvents: options.sendInitialEvents }),
    });
  } catch (error) {
    if (!isStatusError(error) || error.code !== 410) throw error;
    return { kind: 'stream', status: 200, frames: new ErrorStream(error.status, output.mediaType) };
  }
  const timer = clock.after(timeoutOf(options, scope), () => stream.close());
  const onAbort = () => stream.close();
  const stream = new WatchStream(source, resource, {
    output,
    rows: () => ({ include, nowMs: clock.now() }),
    onClose: () => {
      timer.cancel();
      request.signal.removeEventListener('abort', onAbort);
    },
  });
  request.signal.addEventListener('abort', onAbort, { once: true });
  if (request.signal.aborted) stream.close();
  return { kind: 'stream', status: 200, warnings: scope.warnings, frames: stream };
}

/** Watches without a time limit of their own end at a time drawn by chance, so that not all clients come back at once. */
function timeoutOf(options: ReadOptions, scope: VerbScope): number {
  if (options.timeoutSeconds > 0) return options.timeoutSeconds * 1000;
  const { limits, context } = scope.registry;
  return limits.minWatchTimeoutMs * (1 + context.rng.next());
}
