import { readFileSync } from 'node:fs';
import type { Clock, Logger, Rng } from '../base/index.ts';
import { createForwarder, type DnsServer, serveDns } from '../dns/index.ts';

const noNames = {
  service: () => undefined,
  slices: () => [],
  servicesByIP: () => [],
  slicesByIP: () => [],
  namespaceExists: () => false,
};

/** The name servers of this host, from resolv.conf. IPv4. */
export function hostNameServers(file = '/etc/resolv.conf'): string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => /^\s*nameserver\s+(\d+\.\d+\.\d+\.\d+)\s*$/.exec(line)?.[1] ?? []);
}

/** Relays what the nodes' DNS servers do not know to the host's resolver, which may listen on the host's loopback alone. */
export function serveHostResolver(
  address: string,
  options: { readonly clock: Clock; readonly rng: Rng; readonly logger: Logger },
): Promise<DnsServer> {
  const upstreams = hostNameServers().map((server) => ({ address: server, port: 53 }));
  const forwarder = createForwarder({ upstreams, clock: options.clock, rng: options.rng });
  // No zone is ours here: the domain is one that no query can end in.
  return serveDns({ view: noNames, domain: 'invalid.kubets', address, port: 53, forwarder, logger: options.logger });
}
