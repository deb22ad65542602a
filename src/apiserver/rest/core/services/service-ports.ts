import type { Service } from '../../../../api/index.ts';
import type { PortAllocator } from './port-allocator.ts';

function portsOf(service: Service): readonly number[] {
  const { ports, healthCheckNodePort } = service.spec ?? {};
  return [...new Set([...(ports ?? []).map((p) => p.nodePort ?? 0), healthCheckNodePort ?? 0])].filter((p) => p > 0);
}

const keyOf = (s: Service) => `${s.metadata?.namespace ?? ''}/${s.metadata?.name ?? ''}`;

/** Which Service holds which ports. Told by every write of this server at once, and by the store of what others write. */
export class ServicePorts {
  readonly #allocator: PortAllocator;
  readonly #held = new Map<string, readonly number[]>();

  constructor(allocator: PortAllocator) {
    this.#allocator = allocator;
  }

  set(service: Service): void {
    this.#update(keyOf(service), portsOf(service));
  }

  delete(service: Service): void {
    this.#update(keyOf(service), []);
  }

  reset(services: readonly Service[]): void {
    const there = new Set(services.map(keyOf));
    for (const key of this.#held.keys()) if (!there.has(key)) this.#update(key, []);
    for (const service of services) this.set(service);
  }

  #update(key: string, next: readonly number[]): void {
    for (const port of next) this.#allocator.hold(port);
    for (const port of this.#held.get(key) ?? []) this.#allocator.free(port);
    if (next.length > 0) this.#held.set(key, next);
    else this.#held.delete(key);
  }
}
