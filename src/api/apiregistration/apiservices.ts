import { define } from '../define.ts';
import { ageColumn, column, nameColumn } from '../helpers/columns.ts';
import type { APIService } from '../types.gen.ts';
import { formatTime } from '../../apimachinery/index.ts';
import { keep, keepAllButStatus, keepMetadata } from '../helpers/strategy.ts';
import { collect } from '../helpers/validation/checks.ts';

function availableText(o: APIService): string {
  const available = o.status?.conditions?.find((c) => c.type === 'Available');
  if (!available) return 'Unknown';
  if (available.status === 'True' || !available.reason) return available.status;
  return `${available.status} (${available.reason})`;
}

export const apiServices = define<APIService>({
  group: 'apiregistration.k8s.io',
  kind: 'APIService',
  plural: 'apiservices',
  strategy: {
    allowUnconditionalUpdate: false,
    nameRule: () => [],
    default(obj) {
      if (obj.spec?.service) obj.spec.service.port ??= 443;
    },
    prepareForCreate(obj, ctx) {
      obj.status = {};
      if (obj.spec && !obj.spec.service) {
        const lastTransitionTime = formatTime(ctx.nowMs);
        obj.status.conditions = [
          { type: 'Available', status: 'True', lastTransitionTime, reason: 'Local', message: 'Local APIServices are always available' },
        ];
      }
    },
    prepareForUpdate(obj, old, ctx) {
      if (ctx.subresource !== 'status') return keep(obj, old, 'status');
      keepAllButStatus(obj, old);
      keepMetadata(obj, old);
    },
    validate: (obj) =>
      collect((c) => {
        const name = `${obj.spec?.version ?? ''}.${obj.spec?.group ?? ''}`;
        if (obj.metadata?.name !== name) {
          c.invalid(['metadata', 'name'], obj.metadata?.name ?? '', 'must be `spec.version+"."+spec.group`: ' + JSON.stringify(name));
        }
      }),
  },
  categories: ['api-extensions'],
  scope: 'Cluster',
  status: true,
  columns: [
    nameColumn,
    column('Service', (o) => (o.spec?.service ? `${o.spec.service.namespace ?? ''}/${o.spec.service.name ?? ''}` : 'Local')),
    column('Available', availableText),
    ageColumn,
  ],
});
