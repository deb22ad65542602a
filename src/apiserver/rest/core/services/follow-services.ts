import type { Service } from '../../../../api/index.ts';
import type { ServerContext } from '../../../context.ts';
import { lookupOf } from '../../../lookup.ts';
import type { PortAllocator } from './port-allocator.ts';

function portsOf(service: Service): readonly number[] {
  const { ports, healthCheckNodePort } = service.spec ?? {};
  return [...new Set([...(ports ?? []).map((p) => p.nodePort ?? 0), healthCheckNodePort ?? 0])].filter((p) => p > 0);
}

/** Keeps the port allocator as the stored Services have it; resolves when it first is. */
export function followServices(context: ServerContext, allocator: PortAllocator, signal: AbortSignal): Promise<void> {
  const held = new Map<string, readonly number[]>();
  const update = (key: string, next: readonly number[]): void => {
    for (const port of next) allocator.hold(port);
    for (const port of held.get(key) ?? []) allocator.free(port);
    if (next.length > 0) held.set(key, next);
    else held.delete(key);
  };
  const keyOf = (s: Service) => `${s.metadata?.namespace ?? ''}/${s.metadata?.name ?? ''}`;
  return lookupOf(context).follow<Service>(
    { group: '', resource: 'services' },
    {
      reset(services) {
        const there = new Set(services.map(keyOf));
        for (const key of held.keys()) if (!there.has(key)) update(key, []);
        for (const service of services) update(keyOf(service), portsOf(service));
      },
      set: (service) => update(keyOf(service), portsOf(service)),
      delete: (service) => update(keyOf(service), []),
    },
    signal,
  );
}
