import { ensureExists, repeat } from './ensure.ts';
import type { BootstrapInit, PostStartHook } from './post-start-hook.ts';

const names = ['kube-system', 'kube-public', 'default', 'kube-node-lease'] as const;
const periodMs = 60_000;

/** The namespaces every cluster has, made again within a minute when they go missing. */
export function systemNamespaces({ context, signal }: BootstrapInit): readonly PostStartHook[] {
  if (!context.catalog.definition('', 'namespaces')) return [];
  const run = async () => {
    for (const name of names) {
      if (context.store('', 'namespaces').peek({ namespace: '', name })) continue;
      await ensureExists(context, '/api/v1/namespaces', { kind: 'Namespace', apiVersion: 'v1', metadata: { name } });
    }
  };
  return [
    {
      name: 'start-system-namespaces-controller',
      async run() {
        await context.store('', 'namespaces').ready();
        await run();
        repeat(context, { periodMs, signal, what: 'making the system namespaces' }, run);
      },
    },
  ];
}
