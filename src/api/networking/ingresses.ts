import { define } from '../define.ts';
import { ageColumn, column, firstThree, ingressAddresses, nameColumn } from '../helpers/columns.ts';
import type { Ingress } from '../types.gen.ts';
import { withStatus } from '../helpers/strategy.ts';
import { validateIngress } from './ingresses/validate.ts';

function hostsText(o: Ingress): string {
  const hosts = (o.spec?.rules ?? []).flatMap((r) => (r.host ? [r.host] : []));
  return hosts.length === 0 ? '*' : firstThree(hosts, hosts.length > 3 ? (o.spec?.rules?.length ?? 0) : hosts.length);
}

export const ingresses = define<Ingress>({
  group: 'networking.k8s.io',
  kind: 'Ingress',
  plural: 'ingresses',
  strategy: {
    ...withStatus(),
    validate: validateIngress,
    validateUpdate: (obj, _old, ctx) => (ctx.subresource === 'status' ? [] : validateIngress(obj)),
  },
  shortNames: ['ing'],
  status: true,
  columns: [
    nameColumn,
    column('Class', (o) => o.spec?.ingressClassName ?? '<none>'),
    column('Hosts', hostsText),
    column('Address', (o) => {
      const ingress = o.status?.loadBalancer?.ingress ?? [];
      return ingressAddresses(ingress.map(({ ip, hostname }) => ({ ...(ip ? { ip } : {}), ...(hostname ? { hostname } : {}) }))).join(',');
    }),
    column('Ports', (o) => (o.spec?.tls?.length ? '80, 443' : '80')),
    ageColumn,
  ],
});
