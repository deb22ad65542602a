import { define } from '../define.ts';
import { column, nameColumn } from '../helpers/columns.ts';
import type { IPAddress } from '../types.gen.ts';

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
  shortNames: ['ip'],
  scope: 'Cluster',
  columns: [nameColumn, column('ParentRef', parentText)],
});
