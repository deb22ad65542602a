export { nodeLabels, nodeObject, type NodeFacts, type NodeResources, statusPatch } from './node-status/node-object.ts';
export { type NodeInfoOptions, readNodeInfo } from './node-status/node-info.ts';
export { type NodeFactsNow, type NodeStatusHandle, type NodeStatusOptions, runNodeStatus } from './node-status/run-node-status.ts';
