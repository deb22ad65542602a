import type { Pod } from '../../api/index.ts';

const header = '# Kubernetes-managed hosts file.';
const hostHeader = '# Kubernetes-managed hosts file (host network).';

export interface HostsFacts {
  readonly ips: readonly string[];
  readonly hostname: string;
  readonly clusterDomain: string;
  /** The node's own /etc/hosts, for pods in its network. */
  readonly nodeHosts: string;
}

/** A pod's /etc/hosts. */
export function etcHosts(pod: Pod, facts: HostsFacts): string {
  const aliases = (pod.spec?.hostAliases ?? []).map((a) => `${a.ip}\t${(a.hostnames ?? []).join('\t')}`);
  const tail = aliases.length > 0 ? ['', '# Entries added by HostAliases.', ...aliases] : [];
  if (pod.spec?.hostNetwork) return `${[hostHeader, facts.nodeHosts.trimEnd(), ...tail].join('\n')}\n`;
  const { subdomain } = pod.spec ?? {};
  const fqdn = subdomain ? `${facts.hostname}.${subdomain}.${pod.metadata?.namespace}.svc.${facts.clusterDomain}` : '';
  const lines = [
    header,
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::0\tip6-localnet',
    'fe00::0\tip6-mcastprefix',
    'fe00::1\tip6-allnodes',
    'fe00::2\tip6-allrouters',
    ...facts.ips.map((ip) => (fqdn ? `${ip}\t${fqdn}\t${facts.hostname}` : `${ip}\t${facts.hostname}`)),
    ...tail,
  ];
  return `${lines.join('\n')}\n`;
}
