import { toleratesTaint } from '../../api/index.ts';
import { type FrameworkPlugin, unresolvable } from '../framework/index.ts';

const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** Cordoned nodes take only pods that tolerate the taint a cordon stands for. */
export const nodeUnschedulable: FrameworkPlugin = {
  name: 'NodeUnschedulable',
  filter(pod, node) {
    if (!node.node.spec?.unschedulable || toleratesTaint(pod.spec?.tolerations ?? [], taint)) return undefined;
    return unresolvable('node(s) were unschedulable');
  },
  queueingHint: (event) => event.resource === 'Node' && event.action !== 'Delete' && !event.node?.spec?.unschedulable,
};
