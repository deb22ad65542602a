import type { Pod } from '../api/index.ts';

export interface HostsFacts {
  readonly podIPs: readonly string[];
  readonly hostname: string;
  readonly clusterDomain: string;
  /** The node's own file, for pods in its network. */
  readonly nodeHosts: string;
}

const ownNames = [
  '127.0.0.1\tlocalhost',
  '::1\tlocalhost ip6-localhost ip6-loopback',
  'fe00::0\tip6-localnet',
  'fe00::0\tip6-mcastprefix',
  'fe00::1\tip6-allnodes',
  'fe00::2\tip6-allrouters',
] as const;

/** A pod's /etc/hosts: of its own network, or the node's with the pod's aliases. Pure. */
export function hostsFile(pod: Pod, { podIPs, hostname, clusterDomain, nodeHosts }: HostsFacts): string {
  const { subdomain, hostNetwork, hostAliases = [] } = pod.spec ?? {};
  const full = subdomain ? `${hostname}.${subdomain}.${pod.metadata?.namespace}.svc.${clusterDomain}\t` : '';
  const lines = hostNetwork
    ? ['# Kubernetes-managed hosts file (host network).', nodeHosts.trimEnd()]
    : ['# Kubernetes-managed hosts file.', ...ownNames, ...podIPs.map((ip) => `${ip}\t${full}${hostname}`)];
  const aliases = hostAliases.map((a) => [a.ip, ...(a.hostnames ?? [])].join('\t'));
  if (aliases.length > 0) lines.push('', '# Entries added by HostAliases.', ...aliases);
  return `${lines.join('\n')}\n`;
}
