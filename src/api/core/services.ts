import { define } from '../define.ts';
import { ageColumn, column, ingressAddresses, labelsText, nameColumn, wide } from '../helpers/columns.ts';
import type { Service } from '../types.gen.ts';
import { serviceStrategy } from './services/strategy.ts';

function externalIp(o: Service): string {
  const ips = o.spec?.externalIPs ?? [];
  switch (o.spec?.type) {
    case 'ClusterIP':
    case 'NodePort':
      return ips.join(',') || '<none>';
    case 'LoadBalancer':
      return [...ingressAddresses(o.status?.loadBalancer?.ingress), ...ips].join(',') || '<pending>';
    case 'ExternalName':
      return o.spec.externalName ?? '';
    default:
      return '<unknown>';
  }
}

function portsText(o: Service): string {
  const ports = (o.spec?.ports ?? []).map((p) => `${p.port}${p.nodePort ? `:${p.nodePort}` : ''}/${p.protocol ?? ''}`);
  return ports.join(',') || '<none>';
}

export const services = define<Service>({
  group: '',
  kind: 'Service',
  plural: 'services',
  shortNames: ['svc'],
  categories: ['all'],
  status: true,
  strategy: serviceStrategy,
  columns: [
    nameColumn,
    column('Type', (o) => o.spec?.type ?? ''),
    column('Cluster-IP', (o) => o.spec?.clusterIPs?.[0] ?? '<none>'),
    column('External-IP', externalIp),
    column('Port(s)', portsText),
    ageColumn,
    wide('Selector', (o) => labelsText(o.spec?.selector)),
  ],
  selectableFields: { 'spec.clusterIP': (o) => o.spec?.clusterIP ?? '', 'spec.type': (o) => o.spec?.type ?? '' },
});
