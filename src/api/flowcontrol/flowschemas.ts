import { define } from '../define.ts';
import { ageColumn, column, nameColumn } from '../helpers/columns.ts';
import type { FlowSchema } from '../types.gen.ts';
import { withStatus } from '../helpers/strategy.ts';

export const flowSchemas = define<FlowSchema>({
  group: 'flowcontrol.apiserver.k8s.io',
  kind: 'FlowSchema',
  plural: 'flowschemas',
  strategy: {
    ...withStatus({ resetMetadata: true }),
    default(obj) {
      if (obj.spec) obj.spec.matchingPrecedence ||= 1000;
    },
  },
  scope: 'Cluster',
  status: true,
  columns: [
    nameColumn,
    column('PriorityLevel', (o) => o.spec?.priorityLevelConfiguration?.name ?? ''),
    column('MatchingPrecedence', (o) => o.spec?.matchingPrecedence ?? 0),
    column('DistinguisherMethod', (o) => o.spec?.distinguisherMethod?.type ?? '<none>'),
    ageColumn,
    column('MissingPL', (o) => o.status?.conditions?.find((c) => c.type === 'Dangling')?.status ?? '?'),
  ],
});
