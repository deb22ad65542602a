import { getKey } from '../../apimachinery/index.ts';
import { define } from '../define.ts';
import { ageColumn, column, nameColumn, wide } from '../helpers/columns.ts';
import type { Node } from '../types.gen.ts';
import { nodeStrategy } from './nodes/strategy.ts';

function statusText(o: Node): string {
  const ready = o.status?.conditions?.find((c) => c.type === 'Ready');
  const text = ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown';
  return o.spec?.unschedulable ? `${text},SchedulingDisabled` : text;
}

const rolePrefix = 'node-role.kubernetes.io/';

function rolesText(o: Node): string {
  const labels = o.metadata?.labels ?? {};
  const roles = new Set(
    Object.keys(labels).flatMap((k) => (k.startsWith(rolePrefix) && k.length > rolePrefix.length ? [k.slice(rolePrefix.length)] : [])),
  );
  const role = getKey(labels, 'kubernetes.io/role');
  if (role) roles.add(role);
  return [...roles].sort().join(',') || '<none>';
}

const address = (o: Node, type: string) => o.status?.addresses?.find((a) => a.type === type)?.address ?? '<none>';

function kernelText(o: Node): string {
  const info = o.status?.nodeInfo;
  return (info?.kernelVersion || '<unknown>') + (info?.architecture ? ` (${info.architecture})` : '');
}

export const nodes = define<Node>({
  group: '',
  kind: 'Node',
  plural: 'nodes',
  shortNames: ['no'],
  scope: 'Cluster',
  status: true,
  strategy: nodeStrategy,
  columns: [
    nameColumn,
    column('Status', statusText),
    column('Roles', rolesText),
    ageColumn,
    column('Version', (o) => o.status?.nodeInfo?.kubeletVersion ?? ''),
    wide('Internal-IP', (o) => address(o, 'InternalIP')),
    wide('External-IP', (o) => address(o, 'ExternalIP')),
    wide('OS-Image', (o) => o.status?.nodeInfo?.osImage || '<unknown>'),
    wide('Kernel-Version', kernelText),
    wide('Container-Runtime', (o) => o.status?.nodeInfo?.containerRuntimeVersion || '<unknown>'),
  ],
  selectableFields: { 'spec.unschedulable': (o) => String(o.spec?.unschedulable ?? false) },
});
