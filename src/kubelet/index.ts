/**
 * The kubelet: runs the pods that the API has bound to its node, by a container runtime behind CRI.
 *
 * - One worker a pod (`pod-worker.ts`) compares what is wanted with what runs and does the next step; nothing is done twice at once.
 * - What to do (`plan.ts`) and what to tell (`pod-status.ts`) are pure; shells ask the runtime and the API.
 * - State is in the runtime: labels and annotations of containers say whose they are, so a new kubelet adopts what runs.
 * - Events of the runtime wake workers; a slow comparison catches what an event missed.
 * - Knows the API and CRI, never the store, the fabric, or what kind of runtime it is.
 */
export { nodeCredentials, rotateCredentials, servingCredentials } from './credentials.ts';
export { type Kubelet, type KubeletOptions, runKubelet } from './kubelet.ts';
export { runNodeLease } from './node-lease.ts';
export { readNodeInfo, runNodeStatus } from './node-status.ts';
export type { NodeFactsNow } from './node-status/run-node-status.ts';
export { runLogRotation } from './pod-logs.ts';
export { delegatedAuthenticator, delegatedAuthorizer, kubeletPods, serveKubelet, type ServeKubeletOptions } from './server/index.ts';
export { cleanNode, type CleanNodeOptions } from './host/clean-node.ts';
