/** Address ranges of a cluster: chosen once, free on this host, kept in the data directory. IPv4. */
export interface NetworkPlan {
  /** /24 of the nodes' bridge. `.1` is the API server inside the fabric, `.2` the host, nodes count from `.11`. */
  readonly nodeCidr: string;
  /** /16 out of which each node gets a /24. */
  readonly clusterCidr: string;
  /** /20 of ClusterIPs. Its first address is the Service `kubernetes`, its tenth the DNS. */
  readonly serviceCidr: string;
}

/** `base` + `offset` as dotted IPv4. */
export function addressIn(cidr: string, offset: number): string {
  return formatIPv4(parseCidr(cidr).first + offset);
}

export function parseCidr(cidr: string): { readonly first: number; readonly last: number; readonly bits: number } {
  const [address, bitsText] = cidr.split('/');
  const bits = Number(bitsText ?? '32');
  const size = 2 ** (32 - bits);
  const first = Math.floor(parseIPv4(address!) / size) * size;
  return { first, last: first + size - 1, bits };
}

function parseIPv4(text: string): number {
  return text.split('.').reduce((n, part) => n * 256 + Number(part), 0);
}

function formatIPv4(n: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(n / 2 ** shift) % 256).join('.');
}

function overlaps(a: string, b: string): boolean {
  const [x, y] = [parseCidr(a), parseCidr(b)];
  return x.first <= y.last && y.first <= x.last;
}

/**
 * The first ranges that overlap nothing in `used` (the host's routes and addresses, other clusters' plans). Throws when private space has
 * run out.
 */
export function chooseNetworkPlan(used: readonly string[]): NetworkPlan {
  const free = (candidates: Iterable<string>): string => {
    for (const c of candidates) if (!used.some((u) => overlaps(u, c))) return c;
    throw new Error('no free private address range on this host');
  };
  return {
    nodeCidr: free(range(0, 255, (i) => `172.30.${i}.0/24`)),
    clusterCidr: free(range(244, 100, (i) => `10.${i}.0.0/16`)),
    serviceCidr: free(range(0, 511, (i) => `10.${96 + Math.floor(i / 16)}.${(i % 16) * 16}.0/20`)),
  };
}

function* range(from: number, to: number, make: (i: number) => string): Generator<string> {
  for (let i = from; from <= to ? i <= to : i >= to; i += from <= to ? 1 : -1) yield make(i);
}
