import { type FrameworkPlugin, unresolvable } from '../framework/index.ts';

/** A pod that names its node goes there or nowhere. */
export const nodeName: FrameworkPlugin = {
  name: 'NodeName',
  filter: (pod, node) =>
    !pod.spec?.nodeName || pod.spec.nodeName === node.name ? undefined : unresolvable("node(s) didn't match the requested node name"),
  queueingHint: (event) => event.resource === 'Node' && event.action === 'Add',
};
