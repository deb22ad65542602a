import { isConflict, isNotFound } from '../apimachinery/index.ts';
import type { EndpointSlice, Node, Service } from '../api/index.ts';
import type { Client } from '../client/index.ts';
import type { Controller } from '../controller/index.ts';
import { addressIn } from './network-plan.ts';

const managedBy = 'node-dns-controller.kubets.dev';
export const dnsPort = 10_053;
export const dnsServiceIP = (serviceCidr: string): string => addressIn(serviceCidr, 10);

/** The Service that pods are told of: answered on their own node. */
export function dnsService(serviceCidr: string): Service {
  const port = (name: string, protocol: string) => ({ name, protocol, port: 53, targetPort: dnsPort });
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'kube-dns',
      namespace: 'kube-system',
      labels: { 'k8s-app': 'kube-dns', 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS' },
    },
    spec: {
      clusterIP: dnsServiceIP(serviceCidr),
      internalTrafficPolicy: 'Local',
      ports: [port('dns', 'UDP'), port('dns-tcp', 'TCP')],
    },
  };
}

function sliceFor(node: Node): EndpointSlice | undefined {
  const name = node.metadata?.name ?? '';
  const address = node.status?.addresses?.find((a) => a.type === 'InternalIP')?.address;
  if (!address) return undefined;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `kube-dns-${name}`,
      namespace: 'kube-system',
      labels: { 'kubernetes.io/service-name': 'kube-dns', 'endpointslice.kubernetes.io/managed-by': managedBy },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid: node.metadata?.uid ?? '' }],
    },
    addressType: 'IPv4',
    ports: [
      { name: 'dns', protocol: 'UDP', port: dnsPort },
      { name: 'dns-tcp', protocol: 'TCP', port: dnsPort },
    ],
    // Serving whether or not the node is Ready: only its own pods ask it.
    endpoints: [{ addresses: [address], nodeName: name, conditions: { ready: true, serving: true, terminating: false } }],
  };
}

/** Gives the Service kube-dns one endpoint a node: the DNS server in that node's agent. */
export const nodeDnsController: Controller = {
  name: 'node-dns-controller',
  serviceAccount: 'node-dns-controller',
  watches: [{ resource: 'nodes', mapToKey: 'self' }],
  start({ client, lister }) {
    const nodes = lister<Node>('nodes');
    const slices = client.resource<EndpointSlice>('endpointslices');
    return {
      async reconcile({ name }) {
        const node = nodes.get({ namespace: '', name });
        const wanted = node && sliceFor(node);
        if (!wanted) return;
        try {
          await slices.apply(wanted, { fieldManager: 'node-dns-controller', force: true });
        } catch (error) {
          if (!isConflict(error) && !isNotFound(error)) throw error;
        }
      },
    };
  },
};

/** Makes the Service, unless it is there: asked first, since its address counts as taken by then. */
export async function ensureDnsService(client: Client, serviceCidr: string): Promise<void> {
  const services = client.resource<Service>('services');
  const service = dnsService(serviceCidr);
  try {
    await services.get({ namespace: 'kube-system', name: 'kube-dns' });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    await services.create(service);
  }
}
