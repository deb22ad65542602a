import type { FrameworkPlugin } from '../framework/index.ts';

/** Higher priority first; among equals, who has waited longest. */
export const prioritySort: FrameworkPlugin = {
  name: 'PrioritySort',
  less: (a, b) => (b.pod.spec?.priority ?? 0) - (a.pod.spec?.priority ?? 0) || a.timestampMs - b.timestampMs,
};
