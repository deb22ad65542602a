/**
 * The cluster's DNS: a small server in every node's agent.
 *
 * - Answers are computed from Services and EndpointSlices at the time of asking (`records.ts`, pure); nothing is cached or copied.
 * - Follows the Kubernetes DNS specification 1.1.0: services, headless services, endpoint host names, SRV, PTR, ExternalName.
 * - Names outside of the cluster are forwarded, or refused where there is no way out. Queries in flight are bounded.
 * - Knows the API by watches only.
 */
export { createForwarder, type Forwarder, type Upstream } from './forwarder.ts';
export { informerView } from './informer-view.ts';
export { handleQuery } from './message.ts';
export { answer, type Answer, type ClusterView, type RecordData } from './records.ts';
export { type DnsServer, type DnsServerOptions, serveDns } from './server.ts';
