import { getKey } from '../../apimachinery/index.ts';
import { define } from '../define.ts';
import { ageColumn, column, nameColumn } from '../helpers/columns.ts';
import type { ResourceQuota } from '../types.gen.ts';
import { withStatus } from '../helpers/strategy.ts';
import { semanticEqual } from '../helpers/semantic-equal.ts';
import { type Checks, collect } from '../helpers/validation/checks.ts';
import { checkResourceQuantity } from '../helpers/pod-spec/resources.ts';
import { roundUpToMilli } from '../helpers/quantities.ts';
import { isStandardQuotaResource } from '../helpers/resource-names.ts';
import { isLabelKey } from '../helpers/validation/formats.ts';

function usageText(o: ResourceQuota, limits: boolean): string {
  return Object.keys(o.status?.hard ?? {})
    .sort()
    .filter((name) => name.startsWith('limits.') === limits)
    .map((name) => `${name}: ${getKey(o.status?.used, name) ?? '0'}/${getKey(o.status?.hard, name)}`)
    .join(', ');
}

function check(c: Checks, obj: ResourceQuota): void {
  for (const [name, quantity] of Object.entries(obj.spec?.hard ?? {})) {
    c.format(isLabelKey, name, 'spec', `hard[${name}]`);
    if (!name.includes('/') && !isStandardQuotaResource(name)) {
      c.invalid(['spec', `hard[${name}]`], name, 'must be a standard resource for quota');
    }
    checkResourceQuantity(c, name, quantity, ['spec', `hard[${name}]`]);
  }
}

export const resourceQuotas = define<ResourceQuota>({
  group: '',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  strategy: {
    ...withStatus({ generation: false }),
    default: (obj) => roundUpToMilli(obj.spec?.hard),
    validate: (obj) => collect((c) => check(c, obj)),
    validateUpdate: (obj, old, ctx) =>
      collect((c) => {
        if (ctx.subresource === 'status') return;
        check(c, obj);
        c.immutable(obj.spec?.scopes ?? null, !semanticEqual(obj.spec?.scopes, old.spec?.scopes), 'spec', 'scopes');
      }),
  },
  shortNames: ['quota'],
  status: true,
  columns: [nameColumn, column('Request', (o) => usageText(o, false)), column('Limit', (o) => usageText(o, true)), ageColumn],
});
