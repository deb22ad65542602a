/**
 * kube-proxy: turns Services and EndpointSlices into the node's packet rules.
 *
 * - No chain per Service: all that grows is data in nftables maps; chains exist per class of Service (`classes.ts`).
 * - What the rules are is computed purely (`service-map`, `rules`, `rule-set`); `proxier` watches, `nft-session` applies.
 * - A change costs what it touches, however many Services there are. Whatever fails ends in a load of the whole table.
 * - Client affinity is by frontend address, where upstream's is by service port.
 * - IPv4. Knows nothing of pods beyond the addresses in slices.
 */
export { forgetFlows } from './conntrack.ts';
export { type Nft, NftFailed, openNft } from './nft-session.ts';
export { type Proxier, type ProxierOptions, runProxier } from './proxier.ts';
export { type Change, RuleSet, type StaleFlow } from './rule-set.ts';
export { type Endpoint, type ServicePort, servicePorts } from './service-map.ts';
export { tableName } from './table.ts';
