import { statusErrors } from '../../apimachinery/index.ts';
import type { Namespace } from '../../api/index.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission-types.ts';
import type { Lookup } from '../lookup.ts';
import { refuse } from './refusal.ts';

const namespaces = { group: '', resource: 'namespaces' };
const immortal: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);

/** Nothing is written into namespaces that are missing or end, and some namespaces stay. */
export function namespaceLifecycle(lookup: Lookup): AdmissionPlugin {
  return {
    name: 'NamespaceLifecycle',
    handles: (operation) => operation !== 'CONNECT',
    admit(request) {
      const isNamespace = request.group === '' && request.resource === 'namespaces';
      if (isNamespace) {
        const isDeletion = request.operation === 'DELETE' && request.subresource === '';
        if (isDeletion && immortal.has(request.name)) throw statusErrors.forbidden(namespaces, request.name, 'this namespace may not be deleted');
        return undefined;
      }
      if (request.namespace === '' || request.operation === 'DELETE') return undefined;
      if (request.group === 'authorization.k8s.io' && request.resource === 'localsubjectaccessreviews') return undefined;
      const known = lookup.peek<Namespace>(namespaces, '', request.namespace);
      if (!known) return askStore(lookup, request);
      return check(request, known);
    },
  };
}

async function askStore(lookup: Lookup, request: AdmissionRequest): Promise<void> {
  const namespace = await lookup.get<Namespace>(namespaces, '', request.namespace);
  if (!namespace) throw statusErrors.notFound(namespaces, request.namespace);
  check(request, namespace);
}

function check(request: AdmissionRequest, namespace: Namespace): void {
  if (request.operation !== 'CREATE' || namespace.status?.phase !== 'Terminating') return;
  const name = request.namespace;
  throw refuse(request, `unable to create new content in namespace ${name} because it is being terminated`, [
    { reason: 'NamespaceTerminating', message: `namespace ${name} is being terminated`, field: 'metadata.namespace' },
  ]);
}
