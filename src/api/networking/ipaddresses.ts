import { define } from '../define.ts';
import { column, nameColumn } from '../helpers/columns.ts';
import type { IPAddress } from '../types.gen.ts';
import { semanticEqual } from '../helpers/semantic-equal.ts';
import { collect } from '../helpers/validation/checks.ts';
import { canonicalIp, ipErrors } from '../helpers/validation/ip.ts';

function parentText(o: IPAddress): string {
  const ref = o.spec?.parentRef;
  if (!ref) return '<none>';
  const resource = ref.group ? `${ref.resource}.${ref.group}` : ref.resource;
  return `${resource}/${ref.namespace ? `${ref.namespace}/` : ''}${ref.name}`.toLowerCase();
}

export const ipAddresses = define<IPAddress>({
  group: 'networking.k8s.io',
  kind: 'IPAddress',
  plural: 'ipaddresses',
  strategy: {
    nameRule: (name) => (ipErrors(name).length > 0 ? ipErrors(name) : canonicalIp(name) === name ? [] : ['must be a canonical format IP address']),
    validateUpdate: (obj, old) =>
      collect((c) => c.immutable(obj.spec?.parentRef ?? null, !semanticEqual(obj.spec?.parentRef, old.spec?.parentRef), 'spec', 'parentRef')),
  },
  shortNames: ['ip'],
  scope: 'Cluster',
  columns: [nameColumn, column('ParentRef', parentText)],
});
