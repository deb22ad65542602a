import type { Pod } from '../../api/index.ts';

export interface DnsAnswers {
  readonly servers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
}

/** What a resolv.conf says. */
export function parseResolvConf(text: string): DnsAnswers {
  const servers: string[] = [];
  let searches: string[] = [];
  let options: string[] = [];
  for (const line of text.split('\n')) {
    const [word, ...rest] = line.trim().split(/\s+/);
    if (word === 'nameserver' && rest[0]) servers.push(rest[0]);
    else if (word === 'search') searches = rest.filter((s) => s !== '.');
    else if (word === 'options') options = rest;
  }
  return { servers, searches, options };
}

export interface DnsOptions {
  readonly clusterDNS: readonly string[];
  readonly clusterDomain: string;
  /** The node's own resolv.conf. */
  readonly host: DnsAnswers;
}

const maxServers = 3;
const maxSearches = 32;

/** A pod's resolv.conf, by its dnsPolicy and dnsConfig. */
export function podDns(pod: Pod, options: DnsOptions): DnsAnswers {
  const base = byPolicy(pod, options);
  const own = pod.spec?.dnsConfig;
  const merged = {
    servers: unique([...base.servers, ...(own?.nameservers ?? [])]),
    searches: unique([...base.searches, ...(own?.searches ?? [])]),
    options: mergeOptions(base.options, (own?.options ?? []).map((o) => (o.value ? `${o.name}:${o.value}` : (o.name ?? '')))),
  };
  return { ...merged, servers: merged.servers.slice(0, maxServers), searches: merged.searches.slice(0, maxSearches) };
}

function byPolicy(pod: Pod, { clusterDNS, clusterDomain, host }: DnsOptions): DnsAnswers {
  const policy = pod.spec?.dnsPolicy ?? 'ClusterFirst';
  const inCluster = policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && !pod.spec?.hostNetwork);
  if (policy === 'None') return { servers: [], searches: [], options: [] };
  if (!inCluster || clusterDNS.length === 0) return host;
  const own = clusterDomain === '' ? [] : [`${pod.metadata?.namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain];
  return { servers: clusterDNS, searches: unique([...own, ...host.searches]), options: ['ndots:5'] };
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)];
}

/** Later ones win by name. */
function mergeOptions(a: readonly string[], b: readonly string[]): string[] {
  const byName = new Map([...a, ...b].map((o) => [o.split(':')[0], o] as const));
  return [...byName.values()];
}
