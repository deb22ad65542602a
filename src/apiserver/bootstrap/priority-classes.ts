import type { PriorityClass } from '../../api/index.ts';
import { ensureExists } from './ensure.ts';
import type { BootstrapInit, PostStartHook } from './hooks.ts';

const systemClasses: readonly PriorityClass[] = [
  {
    metadata: { name: 'system-node-critical' },
    value: 2_000_001_000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  },
  {
    metadata: { name: 'system-cluster-critical' },
    value: 2_000_000_000,
    description: 'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  },
];

/** The two classes above all others: made when missing, never changed. */
export function priorityClasses({ context }: BootstrapInit): readonly PostStartHook[] {
  if (!context.catalog.definition('scheduling.k8s.io', 'priorityclasses')) return [];
  return [
    {
      name: 'scheduling/bootstrap-system-priority-classes',
      async run() {
        for (const c of systemClasses) {
          await ensureExists(context, '/apis/scheduling.k8s.io/v1/priorityclasses', {
            kind: 'PriorityClass',
            apiVersion: 'scheduling.k8s.io/v1',
            ...c,
          });
        }
      },
    },
  ];
}
