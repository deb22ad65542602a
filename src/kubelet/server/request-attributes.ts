import type { User } from '../../http/index.ts';
import type { AuthorizationAttributes } from '../../serving/index.ts';

const verbs: Readonly<Record<string, string>> = { POST: 'create', GET: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

const beneath = (path: string, prefix: string) => path === prefix || path.startsWith(`${prefix}/`);

/** Subresources of the node that a path stands for: the sender needs one of them. The narrow ones first, as upstream tries them. */
export function nodeSubresources(path: string): readonly string[] {
  if (beneath(path, '/stats')) return ['stats'];
  if (beneath(path, '/metrics')) return ['metrics'];
  if (beneath(path, '/logs')) return ['log'];
  if (beneath(path, '/checkpoint')) return ['checkpoint'];
  if (beneath(path, '/healthz')) return ['healthz', 'proxy'];
  if (beneath(path, '/configz')) return ['configz', 'proxy'];
  if (path === '/pods' || path === '/pods/' || beneath(path, '/runningpods')) return ['pods', 'proxy'];
  return ['proxy'];
}

/** What a request asks of the kubelet, as attributes on its Node. Pure. */
export function requestAttributes(
  request: { readonly method: string; readonly path: string },
  user: User,
  nodeName: string,
): readonly AuthorizationAttributes[] {
  const verb = Object.hasOwn(verbs, request.method) ? verbs[request.method]! : '';
  return nodeSubresources(request.path).map((subresource) => ({
    user,
    verb,
    group: '',
    version: 'v1',
    resource: 'nodes',
    subresource,
    name: nodeName,
  }));
}
