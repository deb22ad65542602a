import { systemPriorityClasses } from '../../api/index.ts';
import { ensureExists } from './ensure.ts';
import type { BootstrapInit, PostStartHook } from './post-start-hook.ts';

/** The two classes above all others: made when missing, never changed. */
export function priorityClasses({ context }: BootstrapInit): readonly PostStartHook[] {
  if (!context.catalog.definition('scheduling.k8s.io', 'priorityclasses')) return [];
  return [
    {
      name: 'scheduling/bootstrap-system-priority-classes',
      async run() {
        for (const c of systemPriorityClasses) await ensureExists(context, '/apis/scheduling.k8s.io/v1/priorityclasses', c);
      },
    },
  ];
}
