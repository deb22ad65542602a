/**
 * The kubelet: runs the pods that are bound to its node, in any runtime that speaks CRI, and tells the API how they are.
 *
 * - `plan/` is pure: what to do about a pod, its status, conditions, probes' verdicts, the Node's status. Everything else does what it says.
 * - One worker a pod: what is done about a pod is done in order, one thing at a time.
 * - All state is in the runtime (labels and annotations), on disk, and in the API: a kubelet that was killed finds its containers running
 *   and leaves them so.
 * - A phase that says containers have ended is told only once they have; an object is deleted only when nothing of the pod is left.
 * - Must not know: the store, controllers, the proxy. It meets them through the API.
 */
export { cleanNode, type CleanNodeOptions } from './host/clean-node.ts';
export type { Kubelet, KubeletOptions, KubeletServerOptions, NetworkOptions, NodeResources, RuntimeOptions } from './options.ts';
export { nodeTransport, type NodeTransportOptions } from './node/node-transport.ts';
export { runKubelet } from './run-kubelet.ts';
