import { define } from '../define.ts';
import { ageColumn, column, integer, nameColumn } from '../helpers/columns.ts';
import type { PodDisruptionBudget } from '../types.gen.ts';
import { withStatus } from '../helpers/strategy.ts';
import { validatePodDisruptionBudget } from '../helpers/validation/pod-disruption.ts';

export const podDisruptionBudgets = define<PodDisruptionBudget>({
  group: 'policy',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  strategy: {
    ...withStatus(),
    allowUnconditionalUpdate: false,
    validate: validatePodDisruptionBudget,
    validateUpdate: (obj, _old, ctx) => (ctx.subresource === 'status' ? [] : validatePodDisruptionBudget(obj)),
  },
  shortNames: ['pdb'],
  status: true,
  columns: [
    nameColumn,
    column('Min Available', (o) => String(o.spec?.minAvailable ?? 'N/A')),
    column('Max Unavailable', (o) => String(o.spec?.maxUnavailable ?? 'N/A')),
    integer('Allowed Disruptions', (o) => o.status?.disruptionsAllowed ?? 0),
    ageColumn,
  ],
});
