import type { Service } from '../../../../api/index.ts';
import type { Reservation } from '../../rest-hooks.ts';
import type { IpAllocator } from './ip-allocator.ts';
import type { PortAllocator } from './port-allocator.ts';
import type { ServicePorts } from './service-ports.ts';

/** Where Services get their addresses and ports from. */
export interface Allocators {
  readonly ips: IpAllocator;
  readonly ports: PortAllocator;
  readonly holders: ServicePorts;
}

/** What one write has taken so far: given back when it fails, and what the Service no longer uses when it succeeds. */
export class Taken implements Reservation {
  readonly #allocators: Allocators;
  readonly #service: Service;
  readonly #addresses: string[] = [];
  readonly #ports: number[] = [];
  readonly #noLongerUsed: string[] = [];

  /** `service` is filled in as the write goes on. */
  constructor(allocators: Allocators, service: Service) {
    this.#allocators = allocators;
    this.#service = service;
  }

  address(address: string): void {
    this.#addresses.push(address);
  }

  port(port: number): void {
    this.#allocators.ports.hold(port);
    this.#ports.push(port);
  }

  releaseAfterwards(address: string): void {
    this.#noLongerUsed.push(address);
  }

  async commit(): Promise<void> {
    this.#allocators.holders.set(this.#service);
    for (const port of this.#ports) this.#allocators.ports.free(port);
    for (const address of this.#noLongerUsed) await this.#allocators.ips.release(address);
  }

  async rollback(): Promise<void> {
    for (const port of this.#ports) this.#allocators.ports.free(port);
    for (const address of this.#addresses) await this.#allocators.ips.release(address);
  }
}
