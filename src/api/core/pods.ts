import { define } from '../define.ts';
import type { Pod } from '../types.gen.ts';
import { podColumns } from './pods/columns.ts';
import { podStrategy } from './pods/strategy.ts';

const own = { group: '', version: 'v1', kind: 'Pod' };

export const pods = define<Pod>({
  group: '',
  kind: 'Pod',
  plural: 'pods',
  shortNames: ['po'],
  categories: ['all'],
  status: true,
  subresources: [
    { name: 'attach', verbs: ['create', 'get'], kind: { ...own, kind: 'PodAttachOptions' } },
    { name: 'binding', verbs: ['create'], kind: { ...own, kind: 'Binding' } },
    { name: 'ephemeralcontainers', verbs: ['get', 'patch', 'update'], kind: own },
    { name: 'eviction', verbs: ['create'], kind: { group: 'policy', version: 'v1', kind: 'Eviction' } },
    { name: 'exec', verbs: ['create', 'get'], kind: { ...own, kind: 'PodExecOptions' } },
    { name: 'log', verbs: ['get'], kind: own },
    { name: 'portforward', verbs: ['create', 'get'], kind: { ...own, kind: 'PodPortForwardOptions' } },
  ],
  columns: podColumns,
  strategy: podStrategy,
  selectableFields: {
    'spec.nodeName': (o) => o.spec?.nodeName ?? '',
    'spec.host': (o) => o.spec?.nodeName ?? '',
    'spec.restartPolicy': (o) => o.spec?.restartPolicy ?? '',
    'spec.schedulerName': (o) => o.spec?.schedulerName ?? '',
    'spec.serviceAccountName': (o) => o.spec?.serviceAccountName ?? '',
    'spec.hostNetwork': (o) => String(o.spec?.hostNetwork ?? false),
    'status.phase': (o) => o.status?.phase ?? '',
    'status.podIP': (o) => o.status?.podIPs?.[0]?.ip ?? '',
    'status.podIPs': (o) => o.status?.podIPs?.[0]?.ip ?? '',
    'status.nominatedNodeName': (o) => o.status?.nominatedNodeName ?? '',
  },
});
