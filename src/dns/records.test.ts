import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointSlice, Service } from '../api/index.ts';
import { answer, type ClusterView } from './records.ts';

const services: Service[] = [
  {
    metadata: { namespace: 'default', name: 'web' },
    spec: { clusterIP: '10.96.0.7', ports: [{ name: 'http', port: 80, protocol: 'TCP' }] } as Service['spec'] & object,
  },
  { metadata: { namespace: 'default', name: 'db' }, spec: { clusterIP: 'None', ports: [{ name: 'sql', port: 5432 }] } as Service['spec'] & object },
  { metadata: { namespace: 'default', name: 'ext' }, spec: { type: 'ExternalName', externalName: 'example.org' } as Service['spec'] & object },
];
const slices: EndpointSlice[] = [
  {
    metadata: { namespace: 'default', name: 'db-1', labels: { 'kubernetes.io/service-name': 'db' } },
    addressType: 'IPv4',
    ports: [{ name: 'sql', port: 5432, protocol: 'TCP' }],
    endpoints: [
      { addresses: ['10.244.0.5'], hostname: 'db-0', conditions: { ready: true } },
      { addresses: ['10.244.0.6'], conditions: { ready: true } },
      { addresses: ['10.244.0.7'], conditions: { ready: false } },
    ],
  },
];
const view: ClusterView = {
  service: (namespace, name) => services.find((s) => s.metadata?.namespace === namespace && s.metadata.name === name),
  slices: (namespace, name) =>
    slices.filter((s) => s.metadata?.namespace === namespace && s.metadata.labels?.['kubernetes.io/service-name'] === name),
  servicesByIP: (ip) => services.filter((s) => s.spec?.clusterIP === ip),
  slicesByIP: (ip) => slices.filter((s) => s.endpoints?.some((e) => e.addresses.includes(ip))),
  namespaceExists: (namespace) => services.some((s) => s.metadata?.namespace === namespace),
};
const ask = (name: string, type = 'A') => {
  const result = answer({ name, type }, view, 'cluster.local');
  if (result.kind === 'outside') return 'outside';
  if (!result.exists) return 'NXDOMAIN';
  return result.answers.map((a) => (a.type === 'SRV' ? `${a.data.port} ${a.data.target}` : a.data));
};

const cases: readonly (readonly [string, string, string | string[]])[] = [
  ['web.default.svc.cluster.local', 'A', ['10.96.0.7']],
  ['WEB.Default.svc.cluster.LOCAL', 'A', ['10.96.0.7']],
  ['web.default.svc.cluster.local', 'AAAA', []],
  ['db.default.svc.cluster.local', 'A', ['10.244.0.5', '10.244.0.6']],
  ['db-0.db.default.svc.cluster.local', 'A', ['10.244.0.5']],
  ['10-244-0-6.db.default.svc.cluster.local', 'A', ['10.244.0.6']],
  ['x.web.default.svc.cluster.local', 'A', 'NXDOMAIN'],
  ['_http._tcp.web.default.svc.cluster.local', 'SRV', ['80 web.default.svc.cluster.local']],
  ['_sql._tcp.db.default.svc.cluster.local', 'SRV', ['5432 db-0.db.default.svc.cluster.local', '5432 10-244-0-6.db.default.svc.cluster.local']],
  ['_http._udp.web.default.svc.cluster.local', 'SRV', 'NXDOMAIN'],
  ['ext.default.svc.cluster.local', 'A', ['example.org']],
  ['none.default.svc.cluster.local', 'A', 'NXDOMAIN'],
  ['default.svc.cluster.local', 'A', []],
  ['nowhere.svc.cluster.local', 'A', 'NXDOMAIN'],
  ['10-1-2-3.default.pod.cluster.local', 'A', ['10.1.2.3']],
  ['10-1-2-333.default.pod.cluster.local', 'A', 'NXDOMAIN'],
  ['7.0.96.10.in-addr.arpa', 'PTR', ['web.default.svc.cluster.local']],
  ['5.0.244.10.in-addr.arpa', 'PTR', ['db-0.db.default.svc.cluster.local']],
  ['1.2.3.4.in-addr.arpa', 'PTR', 'outside'],
  ['example.org', 'A', 'outside'],
  ['notcluster.local', 'A', 'outside'],
  ['dns-version.cluster.local', 'TXT', ['1.1.0']],
];

for (const [name, type, expected] of cases) {
  test(`${type} ${name}`, () => assert.deepEqual(ask(name, type), expected));
}
