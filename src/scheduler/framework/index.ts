/** The scheduling framework: extension points, and what plugins see of nodes. */
export { hostPorts, type NodeInfo, nodeInfo, portsConflict } from './node-info.ts';
export type { BindHandle, ClusterEvent, CycleState, FrameworkPlugin, QueuedPod, Snapshot, WeightedPlugin } from './plugin.ts';
export { type Diagnosis, failedSchedulingMessage, reasonHistogram, skip, type Status, unresolvable, unschedulable } from './status.ts';
