import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addressIn, type NetworkPlan } from '../network-plan.ts';
import { exec, tryExec } from './exec.ts';
import { enter, makeNamespaces, namespacesOf, removeNamespaces } from './namespaces.ts';

/**
 * The network between the nodes of one cluster. Its bridge lives in a network namespace of its own, since a host's firewall filters bridged
 * frames; the host has one leg in it (`.2`), the API server a socket (`.1`), each node one leg (`.11` on).
 */
export interface Fabric {
  readonly cluster: string;
  readonly plan: NetworkPlan;
  readonly egress: boolean;
  /** Where what must be undone on the host is remembered. */
  readonly dataDir: string;
}

export const fabricPart = 'fabric';

/** The host's leg: interface names hold 15 characters, so a cluster's name is hashed. */
export function hostLink(cluster: string): string {
  return `kb-${createHash('sha256').update(cluster).digest('hex').slice(0, 8)}`;
}

function egressTable(cluster: string): string {
  return `kubets_${createHash('sha256').update(cluster).digest('hex').slice(0, 8)}`;
}

export function nodeAddress(plan: NetworkPlan, index: number): string {
  return addressIn(plan.nodeCidr, 11 + index);
}

export const serverAddress = (plan: NetworkPlan): string => addressIn(plan.nodeCidr, 1);
export const hostAddress = (plan: NetworkPlan): string => addressIn(plan.nodeCidr, 2);

/** Makes the bridge and the host's leg, if they are not there. */
export async function makeFabric(fabric: Fabric): Promise<void> {
  const { cluster, plan } = fabric;
  const ns = namespacesOf(cluster, fabricPart, 'fabric');
  if (await makeNamespaces(cluster, fabricPart, 'fabric')) {
    await exec(enter(ns, 'ip', 'link', 'add', 'br0', 'type', 'bridge'));
    await exec(enter(ns, 'ip', 'addr', 'add', `${serverAddress(plan)}/24`, 'dev', 'br0'));
    await exec(enter(ns, 'ip', 'link', 'set', 'br0', 'up'));
  }
  const link = hostLink(cluster);
  if (!existsSync(`/sys/class/net/${link}`)) {
    await exec(['ip', 'link', 'add', link, 'type', 'veth', 'peer', 'name', 'host', 'netns', ns.net]);
    await exec(enter(ns, 'ip', 'link', 'set', 'host', 'master', 'br0', 'up'));
    await exec(['ip', 'addr', 'add', `${hostAddress(plan)}/24`, 'dev', link]);
    await exec(['ip', 'link', 'set', link, 'up']);
  }
  // ClusterIPs and NodePorts answer on every node; the host enters by the first one.
  await exec(['ip', 'route', 'replace', plan.serviceCidr, 'via', nodeAddress(plan, 0), 'dev', link]);
  if (fabric.egress) await openEgress(fabric);
}

/** Gives a node its namespaces and its leg in the fabric, if they are not there. */
export async function plugNode(fabric: Fabric, node: string, index: number): Promise<void> {
  const { cluster, plan } = fabric;
  const inside = namespacesOf(cluster, node, 'node');
  const bridge = namespacesOf(cluster, fabricPart, 'fabric');
  await makeNamespaces(cluster, node, 'node');
  const linked = await tryExec(enter(inside, 'ip', 'link', 'show', 'eth0'));
  if (!linked) {
    await tryExec(enter(bridge, 'ip', 'link', 'del', `n${index}`));
    await exec(enter(bridge, 'ip', 'link', 'add', `n${index}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', inside.net));
    await exec(enter(bridge, 'ip', 'link', 'set', `n${index}`, 'master', 'br0', 'up'));
    await exec(enter(inside, 'ip', 'addr', 'add', `${nodeAddress(plan, index)}/24`, 'dev', 'eth0'));
    await exec(enter(inside, 'ip', 'link', 'set', 'eth0', 'up'));
  }
  // ClusterIPs need a route to reach the hook that rewrites them, with or without a way out.
  await exec(enter(inside, 'ip', 'route', 'replace', 'default', 'via', fabric.egress ? hostAddress(plan) : serverAddress(plan), 'dev', 'eth0'));
  const sysctls = [
    'net.ipv4.ip_forward=1',
    'net.bridge.bridge-nf-call-iptables=1',
    'net.ipv4.conf.all.rp_filter=0',
    'net.ipv4.conf.eth0.rp_filter=0',
  ];
  for (const s of sysctls) await tryExec(enter(inside, 'sysctl', '-q', '-w', s));
}

const forwardFile = 'ip-forward-before';

async function openEgress({ cluster, plan, dataDir }: Fabric): Promise<void> {
  const table = egressTable(cluster);
  const inner = `{ ${plan.nodeCidr}, ${plan.clusterCidr} }`;
  await exec(
    ['nft', '-f', '-'],
    `add table ip ${table}
delete table ip ${table}
table ip ${table} {
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr ${inner} ip daddr != ${inner} oifname != "${hostLink(cluster)}" masquerade
  }
}
`,
  );
  const file = '/proc/sys/net/ipv4/ip_forward';
  const before = readFileSync(file, 'utf8').trim();
  if (before === '1') return;
  writeFileSync(join(dataDir, forwardFile), before, { mode: 0o600 });
  writeFileSync(file, '1');
}

/** Undoes all that `makeFabric` did on the host. The nodes' namespaces go by `removeNamespaces`. */
export async function removeFabric(cluster: string, dataDir: string): Promise<void> {
  await tryExec(['ip', 'link', 'del', hostLink(cluster)]);
  await tryExec(['nft', 'delete', 'table', 'ip', egressTable(cluster)]);
  const remembered = join(dataDir, forwardFile);
  if (existsSync(remembered)) {
    writeFileSync('/proc/sys/net/ipv4/ip_forward', readFileSync(remembered, 'utf8'));
    rmSync(remembered);
  }
  await removeNamespaces(cluster, fabricPart);
}

interface JsonRoute {
  readonly dst: string;
  readonly dev?: string;
  readonly gateway?: string;
}

/** Ranges this host already uses: routes and addresses, so that a new cluster's overlap none. The default route counts for nothing. */
export async function rangesInUse(): Promise<string[]> {
  const routes = JSON.parse(await exec(['ip', '-j', '-4', 'route', 'show', 'table', 'all'])) as JsonRoute[];
  return routes.map((r) => r.dst).filter((dst) => dst !== 'default');
}

/** Sets, within `range`, exactly the wanted routes (CIDR → gateway) on `device`, in the namespace entered by `prefix` (none: here). */
export async function syncRoutes(
  wanted: ReadonlyMap<string, string>,
  options: { readonly range: string; readonly device: string; readonly prefix?: (...words: string[]) => string[] },
): Promise<void> {
  const prefix = options.prefix ?? ((...words: string[]) => words);
  const shown = await exec(prefix('ip', '-j', '-4', 'route', 'show', 'root', options.range, 'dev', options.device));
  const current = new Map((JSON.parse(shown || '[]') as JsonRoute[]).filter((r) => r.gateway !== undefined).map((r) => [r.dst, r.gateway!]));
  for (const [cidr, gateway] of wanted)
    if (current.get(cidr) !== gateway) await exec(prefix('ip', 'route', 'replace', cidr, 'via', gateway, 'dev', options.device));
  for (const cidr of current.keys()) if (!wanted.has(cidr)) await tryExec(prefix('ip', 'route', 'del', cidr, 'dev', options.device));
}
