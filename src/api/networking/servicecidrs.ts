import { define } from '../define.ts';
import { ageColumn, column, joined, nameColumn } from '../helpers/columns.ts';
import type { ServiceCIDR } from '../types.gen.ts';
import { withStatus } from '../helpers/strategy.ts';
import { semanticEqual } from '../helpers/semantic-equal.ts';
import { type Checks, collect } from '../helpers/validation/checks.ts';
import { cidrErrors, ipFamily } from '../helpers/validation/ip.ts';

function check(c: Checks, obj: ServiceCIDR): void {
  const cidrs = obj.spec?.cidrs ?? [];
  if (cidrs.length === 0) return c.required('spec', 'cidrs', 'at least one CIDR required');
  if (cidrs.length > 2) return c.invalid(['spec', 'cidrs'], cidrs, 'may only hold up to 2 values');
  for (const [i, cidr] of cidrs.entries()) c.texts(cidrErrors(cidr, true), ['spec', `cidrs[${i}]`], cidr);
  const families = cidrs.map((cidr) => ipFamily(cidr.split('/')[0] ?? ''));
  if (cidrs.length === 2 && families[0] === families[1]) {
    const text = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64';
    c.invalid(['spec', 'cidrs'], cidrs, text);
  }
}

export const serviceCidrs = define<ServiceCIDR>({
  group: 'networking.k8s.io',
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  strategy: {
    ...withStatus({ generation: false, resetMetadata: true }),
    validate: (obj) => collect((c) => check(c, obj)),
    validateUpdate: (obj, old, ctx) =>
      collect((c) => {
        if (ctx.subresource === '') c.immutable(obj.spec?.cidrs ?? null, !semanticEqual(obj.spec?.cidrs, old.spec?.cidrs), 'spec', 'cidrs');
      }),
  },
  scope: 'Cluster',
  status: true,
  columns: [nameColumn, column('CIDRs', (o) => joined(o.spec?.cidrs)), ageColumn],
});
