import type { Logger } from '../base/index.ts';
import type { Node } from '../api/index.ts';
import type { InformerFactory } from '../client/index.ts';

/** Where each node's pods are: its pod range → its address. Without `self`, whose pods are next to it already. */
export function wantedRoutes(nodes: readonly Node[], self?: string): Map<string, string> {
  const routes = new Map<string, string>();
  for (const node of nodes) {
    const address = node.status?.addresses?.find((a) => a.type === 'InternalIP')?.address;
    if (node.metadata?.name !== self && node.spec?.podCIDR && address) routes.set(node.spec.podCIDR, address);
  }
  return routes;
}

/** Applies the routes of all nodes whenever a node's range or address changes, until `signal` aborts. One application at a time. */
export function followRoutes(options: {
  readonly informers: InformerFactory;
  readonly self?: string;
  readonly apply: (routes: ReadonlyMap<string, string>) => Promise<void>;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}): void {
  const nodes = options.informers.informer<Node>('nodes');
  let applied = '';
  let running = false;
  const sync = async () => {
    if (running || !nodes.hasSynced()) return;
    running = true;
    for (
      let wanted = wantedRoutes(nodes.lister.list(), options.self);
      key(wanted) !== applied && !options.signal.aborted;
      wanted = wantedRoutes(nodes.lister.list(), options.self)
    ) {
      try {
        await options.apply(wanted);
      } catch (error) {
        options.logger.error('routes between nodes could not be set', { error });
      }
      applied = key(wanted);
    }
    running = false;
  };
  const changed = () => void sync();
  const remove = nodes.addHandler({ onAdd: changed, onUpdate: changed, onDelete: changed });
  options.signal.addEventListener('abort', remove, { once: true });
  nodes.synced(options.signal).then(changed, () => {});
}

function key(routes: ReadonlyMap<string, string>): string {
  return JSON.stringify([...routes].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
