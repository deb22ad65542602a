import { classKey, dropClass, maxEndpoints, rejectClass } from './classes.ts';

export const tableName = 'kube-proxy';

/** Names of the maps and sets that hold data; everything else of the table is fixed. */
export type DataMap = 'cluster-ips' | 'external-ips' | 'internal-ips' | 'node-ports' | 'slots' | 'epids' | 'lb-src' | 'svc-ips' | 'hairpin';

/**
 * The fixed part of the table: it depends on the cluster's range alone. The verdict maps refer to classes; all Services are data in maps.
 * The affinity map `aff` holds client state and survives a reload only where the table is not deleted.
 */
export function tableText(clusterCidr: string): string {
  const fromCluster = `ip saddr { ${clusterCidr} }`;
  const tuple = 'ip daddr . meta l4proto . th dport';
  const plain = Array.from({ length: maxEndpoints }, (_, i) => i + 1);
  return `add table ip ${tableName}
delete table ip ${tableName}
table ip ${tableName} {
  map cluster-ips { type ipv4_addr . inet_proto . inet_service : classid; }
  map external-ips { type ipv4_addr . inet_proto . inet_service : classid; }
  map internal-ips { type ipv4_addr . inet_proto . inet_service : classid; }
  map node-ports { type inet_proto . inet_service : classid; }
  map slots { typeof meta priority . numgen random mod 2 : meta priority; }
  map epids { type classid : ipv4_addr . inet_service; }
  map aff { type ipv4_addr . ipv4_addr . inet_proto . inet_service : classid; size 262144; flags dynamic, timeout; timeout 3h; }
  map classes { type classid : verdict; }
  map reclasses { type classid : verdict; }
  set lb-src { type ipv4_addr . inet_proto . inet_service . ipv4_addr; flags interval; }
  set svc-ips { type ipv4_addr; }
  set hairpin { type ipv4_addr . ipv4_addr; }
  chain rej { meta l4proto tcp reject with tcp reset; reject; }
  chain drp { drop; }
  chain to-ep { meta l4proto { tcp, udp, sctp } dnat ip to meta priority map @epids; }
${plain.map(plainChain).join('')}  chain redispatch { meta priority & 0x3ff00000 vmap @reclasses; }
  chain repick {
    meta priority set ${tuple} map @cluster-ips goto redispatch
    ${fromCluster} meta priority set ${tuple} map @internal-ips goto redispatch
    fib saddr type local meta priority set ${tuple} map @internal-ips goto redispatch
    meta priority set ${tuple} map @external-ips goto redispatch
    meta priority set meta l4proto . th dport map @node-ports goto redispatch
  }
  chain dispatch { meta priority & 0x3ff00000 vmap @classes; }
  chain ranges { ${tuple} . ip saddr @lb-src return; drop; }
  chain in-cluster { ip saddr != { ${clusterCidr} } meta mark set meta mark | 0x4000; goto dispatch; }
  chain from-node { meta mark set meta mark | 0x4000; goto dispatch; }
  chain outside { meta priority & 0x40000000 == 0x40000000 jump ranges
    meta priority & 0x80000000 == 0x80000000 meta mark set meta mark | 0x4000
    goto dispatch; }
  chain services {
    meta priority set ${tuple} map @cluster-ips goto in-cluster
    ${fromCluster} meta priority set ${tuple} map @internal-ips goto dispatch
    fib saddr type local meta priority set ${tuple} map @internal-ips goto from-node
    meta priority set ${tuple} map @external-ips goto outside
    fib daddr type local ip daddr != 127.0.0.0/8 meta priority set meta l4proto . th dport map @node-ports goto outside
    ip daddr @svc-ips goto rej
  }
  chain pre { type nat hook prerouting priority dstnat; jump services; }
  chain out { type nat hook output priority -100; jump services; }
  chain post { type nat hook postrouting priority srcnat
    meta mark & 0x4000 == 0x4000 meta mark set meta mark & 0xffffbfff masquerade fully-random
    ct status dnat ip saddr . ip daddr @hairpin masquerade fully-random; }
  chain rpre { type filter hook prerouting priority -99; ct state new ct status dnat meta priority set 0:0
  }
  chain rout { type filter hook output priority -99; ct state new ct status dnat meta priority set 0:0
  }
}
add element ip ${tableName} classes { ${classKey(rejectClass)} : goto rej, ${classKey(dropClass)} : goto drp, ${plain.map((n) => `${classKey(n)} : goto n${n}`).join(', ')} }
add element ip ${tableName} reclasses { ${classKey(rejectClass)} : goto rej, ${classKey(dropClass)} : goto drp, ${plain.map((n) => `${classKey(n)} : goto n${n}`).join(', ')} }
`;
}

function plainChain(n: number): string {
  return `  chain n${n} { meta priority set meta priority & 0x000fffff
    meta priority set meta priority . numgen random mod ${n} map @slots goto to-ep; }
`;
}

/**
 * The chains of one affinity class: use the endpoint a client was given before; when it is gone, forget it and pick anew; else pick one
 * and remember it. Sent before the first frontend that refers to the class.
 */
export function affinityClassText({ endpoints, seconds, id }: { readonly endpoints: number; readonly seconds: number; readonly id: number }): string {
  const client = 'ip saddr . ip daddr . meta l4proto . th dport';
  const name = `${endpoints}-${seconds}`;
  return `add chain ip ${tableName} anew-${name}
add rule ip ${tableName} anew-${name} update @aff { ${client} timeout ${seconds}s : meta priority }
add rule ip ${tableName} anew-${name} goto to-ep
add chain ip ${tableName} p${name}
add rule ip ${tableName} p${name} meta priority set meta priority & 0x000fffff
add rule ip ${tableName} p${name} meta priority set meta priority . numgen random mod ${endpoints} map @slots goto anew-${name}
add chain ip ${tableName} ause-${name}
add rule ip ${tableName} ause-${name} update @aff { ${client} timeout ${seconds}s : meta priority }
add rule ip ${tableName} ause-${name} jump to-ep
add rule ip ${tableName} ause-${name} delete @aff { ${client} : meta priority }
add rule ip ${tableName} ause-${name} goto repick
add chain ip ${tableName} a${name}
add rule ip ${tableName} a${name} meta priority set ${client} map @aff goto ause-${name}
add rule ip ${tableName} a${name} goto p${name}
add element ip ${tableName} classes { ${classKey(id)} : goto a${name} }
add element ip ${tableName} reclasses { ${classKey(id)} : goto p${name} }
`;
}
