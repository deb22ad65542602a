import { type FrameworkPlugin, hostPorts, portsConflict, skip, unschedulable } from '../framework/index.ts';

/** Two pods cannot have the same host port on one node. */
export const nodePorts: FrameworkPlugin = {
  name: 'NodePorts',
  preFilter: (pod) => (hostPorts(pod).length === 0 ? { status: skip } : undefined),
  filter(pod, node) {
    const wanted = hostPorts(pod);
    if (!wanted.some((w) => node.usedPorts.some((u) => portsConflict(w, u)))) return undefined;
    return unschedulable("node(s) didn't have free ports for the requested pod ports");
  },
  queueingHint: (event) => event.resource === 'Node' || event.action === 'Delete',
};
