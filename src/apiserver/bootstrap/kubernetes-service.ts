import { isIPv6 } from 'node:net';
import type { Endpoints, EndpointSlice, Service } from '../../api/index.ts';
import { equalJson, isConflict, type Json, type KubeObject } from '../../apimachinery/index.ts';
import { IpRange } from '../rest/core/services/ip-range.ts';
import { ensureExists, find, repeat } from './ensure.ts';
import type { BootstrapInit, PostStartHook } from './post-start-hook.ts';

const periodMs = 10_000;
const leaseSeconds = 15;
const namespace = 'default';
const name = 'kubernetes';
const servicesPath = `/api/v1/namespaces/${namespace}/services`;
const endpointsPath = `/api/v1/namespaces/${namespace}/endpoints`;
const slicesPath = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;

/** The Service `kubernetes`, at the first address of the range. */
function serviceOf(clusterIP: string, port: number): Service {
  return {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name, namespace, labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: {
      type: 'ClusterIP',
      clusterIP,
      clusterIPs: [clusterIP],
      ipFamilyPolicy: 'SingleStack',
      sessionAffinity: 'None',
      ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: port }],
    },
  };
}

function endpointsOf(addresses: readonly string[], port: number): Endpoints {
  return {
    kind: 'Endpoints',
    apiVersion: 'v1',
    metadata: { name, namespace, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: addresses.map((ip) => ({ ip })), ports: [{ name: 'https', port, protocol: 'TCP' }] }],
  };
}

function sliceOf(addresses: readonly string[], port: number): EndpointSlice {
  return {
    kind: 'EndpointSlice',
    apiVersion: 'discovery.k8s.io/v1',
    metadata: { name, namespace, labels: { 'kubernetes.io/service-name': name } },
    addressType: isIPv6(addresses[0] ?? '') ? 'IPv6' : 'IPv4',
    endpoints: addresses.map((ip) => ({ addresses: [ip], conditions: { ready: true } })),
    ports: [{ name: 'https', port, protocol: 'TCP' }],
  };
}

/** No pod can reach it, and the API takes no such endpoint: the Service stays without. */
function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

/**
 * Keeps the Service `kubernetes` and its endpoints: one address for each API server that lives, by keys that expire when it stops renewing
 * them.
 */
export function kubernetesService(init: BootstrapInit): readonly PostStartHook[] {
  const { context, options, signal } = init;
  const { advertise, etcd } = options;
  const isServed = context.catalog.definition('', 'services') && context.catalog.definition('discovery.k8s.io', 'endpointslices');
  if (!advertise || !isServed) return [];
  const prefix = `${options.etcdPrefix ?? '/registry'}/masterleases/`;
  let lease: number | undefined;

  async function liveAddresses(): Promise<readonly string[]> {
    if (lease === undefined || (await etcd.leaseKeepAlive(lease).catch(() => 0)) <= 0) {
      lease = (await etcd.leaseGrant(leaseSeconds)).id;
      await etcd.put({ key: `${prefix}${advertise!.address}`, value: Buffer.from('{}'), lease });
    }
    const { kvs } = await etcd.range({ key: prefix, rangeEnd: `${prefix.slice(0, -1)}0`, keysOnly: true });
    return kvs.map((kv) => kv.key.slice(prefix.length));
  }

  async function write<T extends KubeObject>(path: string, wanted: T, fields: readonly (keyof T)[]): Promise<void> {
    const found = await find<T>(context, `${path}/${name}`);
    if (!found) return ensureExists(context, path, wanted);
    const same = fields.every((f) => equalJson((found[f] ?? null) as Json, (wanted[f] ?? null) as Json));
    if (same) return;
    const metadata = { ...found.metadata, labels: { ...found.metadata?.labels, ...wanted.metadata?.labels } };
    try {
      await context.loopback.call({ method: 'PUT', path: `${path}/${name}`, body: { ...wanted, metadata } });
    } catch (error) {
      // Another server was quicker; the next turn sees what it wrote.
      if (!isConflict(error)) throw error;
    }
  }

  async function reconcile(): Promise<void> {
    const addresses = await liveAddresses();
    const clusterIP = new IpRange(options.serviceCidrs?.[0] ?? '10.96.0.0/16').at(0);
    await ensureExists(context, servicesPath, serviceOf(clusterIP, advertise!.port));
    if (isLoopback(advertise!.address)) return;
    await write(endpointsPath, endpointsOf(addresses, advertise!.port), ['subsets']);
    await write(slicesPath, sliceOf(addresses, advertise!.port), ['endpoints', 'ports', 'addressType']);
  }

  return [
    {
      name: 'bootstrap-controller',
      async run() {
        await reconcile();
        repeat(context, { periodMs, signal, what: 'reconciling the kubernetes Service' }, reconcile);
      },
    },
  ];
}
