import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostsFile } from './hosts-file.ts';
import { podDns } from './pod-dns.ts';
import { podOf } from './pod-fixtures.ts';

const host = { servers: ['192.0.2.53'], searches: ['example.com'], options: ['timeout:1'] };
const cluster = { servers: ['10.96.0.10'], domain: 'cluster.local', host };
const inCluster = {
  servers: ['10.96.0.10'],
  searches: ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local', 'example.com'],
  options: ['ndots:5'],
};

test('resolv.conf by policy', () => {
  const rows = [
    [{}, inCluster],
    [{ dnsPolicy: 'Default' }, host],
    [{ hostNetwork: true }, host],
    [{ hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' }, inCluster],
    [
      { dnsPolicy: 'None', dnsConfig: { nameservers: ['1.1.1.1'], options: [{ name: 'edns0' }] } },
      { servers: ['1.1.1.1'], searches: [], options: ['edns0'] },
    ],
    [
      { dnsConfig: { searches: ['x.y'], options: [{ name: 'ndots', value: '2' }] } },
      { ...inCluster, searches: [...inCluster.searches, 'x.y'], options: ['ndots:2'] },
    ],
  ] as const;
  for (const [spec, wanted] of rows) assert.deepEqual(podDns(podOf(spec), cluster), wanted, JSON.stringify(spec));
});

test('/etc/hosts', () => {
  const facts = { podIPs: ['10.0.0.5'], hostname: 'web', clusterDomain: 'cluster.local', nodeHosts: '127.0.0.1 localhost\n' };
  const own = hostsFile(podOf({ subdomain: 'sub', hostAliases: [{ ip: '1.2.3.4', hostnames: ['a', 'b'] }] }), facts);
  assert.match(own, /^# Kubernetes-managed hosts file\.\n127\.0\.0\.1\tlocalhost\n/);
  assert.ok(own.endsWith('10.0.0.5\tweb.sub.default.svc.cluster.local\tweb\n\n# Entries added by HostAliases.\n1.2.3.4\ta\tb\n'));
  assert.equal(hostsFile(podOf({ hostNetwork: true }), facts), '# Kubernetes-managed hosts file (host network).\n127.0.0.1 localhost\n');
});
