import { type FrameworkPlugin, unresolvable } from '../framework/index.ts';

/** A pod with scheduling gates is not ready to be scheduled. */
export const schedulingGates: FrameworkPlugin = {
  name: 'SchedulingGates',
  preEnqueue(pod) {
    const gates = pod.spec?.schedulingGates ?? [];
    return gates.length === 0 ? undefined : unresolvable(`waiting for scheduling gates: [${gates.map((g) => g.name).join(' ')}]`);
  },
};
