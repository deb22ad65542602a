import { define } from '../define.ts';
import { ageColumn, column, nameColumn } from '../helpers/columns.ts';
import type { ResourceClaim } from '../types.gen.ts';
import { withStatus } from '../helpers/strategy.ts';
import { defaultDeviceClaim } from './defaults.ts';

function stateText(o: ResourceClaim): string {
  const deleted = o.metadata?.deletionTimestamp ? ['deleted'] : [];
  if (!o.status?.allocation) return deleted.length > 0 ? 'deleted' : 'pending';
  return [...deleted, 'allocated', ...(o.status.reservedFor?.length ? ['reserved'] : [])].join(',');
}

export const resourceClaims = define<ResourceClaim>({
  group: 'resource.k8s.io',
  kind: 'ResourceClaim',
  plural: 'resourceclaims',
  strategy: { ...withStatus({ generation: false, resetMetadata: true }), default: (obj) => defaultDeviceClaim(obj.spec?.devices) },
  status: true,
  columns: [nameColumn, column('State', stateText), ageColumn],
});
