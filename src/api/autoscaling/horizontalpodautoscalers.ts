import type { KubeObject } from '../../apimachinery/index.ts';
import { builtInVersion, define } from '../define.ts';
import type { Column } from '../definition.ts';
import { ageColumn, column, nameColumn } from '../helpers/columns.ts';
import type { HorizontalPodAutoscaler } from '../types.gen.ts';
import { fromV2, toV2 } from './conversion.ts';
import { targetsText } from './targets-text.ts';
import { hpaStrategy } from './strategy.ts';

const group = 'autoscaling';
const kind = 'HorizontalPodAutoscaler';

const hpaColumns: readonly Column<HorizontalPodAutoscaler>[] = [
  nameColumn,
  column('Reference', (o) => `${o.spec?.scaleTargetRef?.kind ?? ''}/${o.spec?.scaleTargetRef?.name ?? ''}`),
  column('Targets', targetsText),
  column('MinPods', (o) => String(o.spec?.minReplicas ?? '<unset>')),
  column('MaxPods', (o) => o.spec?.maxReplicas ?? 0),
  column('Replicas', (o) => o.status?.currentReplicas ?? 0),
  ageColumn,
];

const columns = hpaColumns as readonly Column[];

export const horizontalPodAutoscalers = define<HorizontalPodAutoscaler>({
  group,
  kind,
  plural: 'horizontalpodautoscalers',
  strategy: hpaStrategy,
  shortNames: ['hpa'],
  categories: ['all'],
  status: true,
  versions: [
    builtInVersion(group, kind, 'v2', { columns }),
    builtInVersion(group, kind, 'v1', {
      columns: columns.map((c) => ({ ...c, value: (o: KubeObject) => c.value(toV2(o)) })),
      toStorage: toV2,
      fromStorage: (o) => fromV2(o as HorizontalPodAutoscaler),
    }),
  ],
});
