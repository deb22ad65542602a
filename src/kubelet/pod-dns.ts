import { readFileSync } from 'node:fs';
import type { Pod } from '../api/index.ts';

export interface DnsSettings {
  readonly servers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
}

/** resolv.conf of a pod by its dnsPolicy and dnsConfig. `host` is the node's own. */
export function podDns(pod: Pod, cluster: { readonly servers: readonly string[]; readonly domain: string; readonly host: DnsSettings }): DnsSettings {
  const base = baseSettings(pod, cluster);
  const own = pod.spec?.dnsConfig;
  if (!own) return base;
  const options = new Map(base.options.map((o) => [o.split(':')[0]!, o]));
  for (const o of own.options ?? []) if (o.name) options.set(o.name, o.value === undefined || o.value === '' ? o.name : `${o.name}:${o.value}`);
  return {
    servers: [...new Set([...base.servers, ...(own.nameservers ?? [])])],
    searches: [...new Set([...base.searches, ...(own.searches ?? [])])],
    options: [...options.values()],
  };
}

function baseSettings(
  pod: Pod,
  { servers, domain, host }: { readonly servers: readonly string[]; readonly domain: string; readonly host: DnsSettings },
): DnsSettings {
  const policy = pod.spec?.dnsPolicy ?? 'ClusterFirst';
  if (policy === 'None') return { servers: [], searches: [], options: [] };
  const clusterFirst = policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && !pod.spec?.hostNetwork);
  if (!clusterFirst || servers.length === 0) return host;
  const namespace = pod.metadata?.namespace ?? 'default';
  return { servers, searches: [...new Set([`${namespace}.svc.${domain}`, `svc.${domain}`, domain, ...host.searches])], options: ['ndots:5'] };
}

/** The node's resolv.conf. */
export function hostDns(file = '/etc/resolv.conf'): DnsSettings {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code !== 'ENOENT') throw e;
  }
  const lines = text.split('\n').map((l) => l.trim().split(/\s+/));
  const words = (name: string) => lines.filter(([first]) => first === name).flatMap(([, ...rest]) => rest);
  return { servers: words('nameserver'), searches: words('search'), options: words('options') };
}
