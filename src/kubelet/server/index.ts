/**
 * The kubelet's HTTPS server: logs, streams and figures of this node's pods.
 *
 * - Every path, /healthz too, asks who it is and whether they may do it to this Node.
 * - Streams are taken in whatever the client speaks and go on to the runtime by SPDY.
 * - It knows pods through `PodLookup` alone and changes none.
 */
export { BadCredentials, delegatedAuthenticator } from './delegated-authenticator.ts';
export { delegatedAuthorizer } from './delegated-authorizer.ts';
export { kubeletPods } from './kubelet-pods.ts';
export type { PodLookup } from './pod-lookup.ts';
export { serveKubelet, type ServeKubeletOptions } from './serve-kubelet.ts';
export type { Usage } from './stats.ts';
