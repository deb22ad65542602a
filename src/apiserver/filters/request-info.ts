import { parseFieldSelector, SelectorError } from '../../apimachinery/index.ts';

/** What a request asks for, read from its method, path and query alone (upstream's `RequestInfo`). */
export interface RequestInfo {
  readonly isResourceRequest: boolean;
  /** API verb of a resource request (`list`, `deletecollection`, …), else the method in lower case. */
  readonly verb: string;
  /** Decoded. */
  readonly path: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** '' on the main resource. */
  readonly subresource: string;
  /** '' for cluster-scoped requests and for all namespaces. For a Namespace itself its own name, as upstream has it. */
  readonly namespace: string;
  readonly name: string;
  /** The segments from the resource on: more than three where a subresource takes a path (proxy). */
  readonly parts: readonly string[];
}

const verbs: Readonly<Record<string, string>> = { POST: 'create', GET: 'get', HEAD: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };
const namespaceSubresources = new Set(['status', 'finalize']);
const noParts: readonly string[] = [];

/** Thrown for a path that is no valid percent-encoding. */
export class BadPath extends Error {
  override readonly name = 'BadPath';
}

function decodePath(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new BadPath('invalid URL escape in path', { cause });
  }
}

function nonResource(method: string, path: string): RequestInfo {
  const verb = method.toLowerCase();
  return { isResourceRequest: false, verb, path, group: '', version: '', resource: '', subresource: '', namespace: '', name: '', parts: noParts };
}

/** The one name that a field selector allows, '' where it allows more: by the same reader that selects by it. */
export function nameOfFieldSelector(selector: string | null): string {
  if (selector === null || !selector.includes('metadata.name')) return '';
  try {
    return parseFieldSelector(selector).exactMatch('metadata.name') ?? '';
  } catch (error) {
    if (error instanceof SelectorError) return '';
    throw error;
  }
}

/** Whether a query parameter is a Go boolean that says yes (`watch=1`); present without a value counts too. */
export function isTrue(value: string | null): boolean {
  return value !== null && value !== 'false' && value !== '0' && value !== 'f' && value !== 'F' && value !== 'False' && value !== 'FALSE';
}

/** Reads a request's target. Throws `BadPath`. */
export function requestInfo(method: string, rawPath: string, query: URLSearchParams): RequestInfo {
  const path = decodePath(rawPath);
  const segments = path.split('/').filter((s) => s !== '');
  const isCore = segments[0] === 'api';
  const start = isCore ? 2 : 3;
  if ((!isCore && segments[0] !== 'apis') || segments.length <= start) return nonResource(method, path);
  const version = segments[start - 1]!;
  const group = isCore ? '' : segments[1]!;
  let verb = (Object.hasOwn(verbs, method) ? verbs[method] : undefined) ?? method.toLowerCase();
  let from = start;
  if (segments[from] === 'watch' && segments.length > from + 1) {
    from++;
    verb = 'watch';
  }
  let namespace = '';
  if (segments[from] === 'namespaces' && segments[from + 1] !== undefined) {
    namespace = segments[from + 1]!;
    const next = segments[from + 2];
    if (next !== undefined && !namespaceSubresources.has(next)) from += 2;
  }
  const parts = segments.slice(from);
  let name = parts[1] ?? '';
  const subresource = parts[2] ?? '';
  if (name === '' && subresource === '') {
    const isRead = verb === 'get' || verb === 'list' || verb === 'watch';
    if (isRead) verb = verb === 'watch' || isTrue(query.get('watch')) ? 'watch' : 'list';
    else if (verb === 'delete') verb = 'deletecollection';
    if (isRead || verb === 'deletecollection') name = nameOfFieldSelector(query.get('fieldSelector'));
  }
  return { isResourceRequest: true, verb, path, group, version, resource: parts[0]!, subresource, namespace, name, parts };
}

const longRunningSubresources = new Set(['attach', 'exec', 'portforward', 'proxy', 'log']);

/** Requests without a time limit, not counted as in flight: watches and streams. */
export function isLongRunning(info: RequestInfo): boolean {
  return info.isResourceRequest && (info.verb === 'watch' || longRunningSubresources.has(info.subresource));
}
