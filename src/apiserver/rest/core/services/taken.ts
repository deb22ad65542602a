import type { Reservation } from '../../rest-hooks.ts';
import type { IpAllocator } from './ip-allocator.ts';
import type { PortAllocator } from './port-allocator.ts';

/** Where Services get their addresses and ports from. */
export interface Allocators {
  readonly ips: IpAllocator;
  readonly ports: PortAllocator;
}

/** What one write has taken so far: given back when it fails, and what the Service no longer uses when it succeeds. */
export class Taken implements Reservation {
  readonly #allocators: Allocators;
  readonly #addresses: string[] = [];
  readonly #ports: number[] = [];
  readonly #noLongerUsed: string[] = [];

  constructor(allocators: Allocators) {
    this.#allocators = allocators;
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

  /** The followed store counts the ports from now on. */
  async commit(): Promise<void> {
    for (const port of this.#ports) this.#allocators.ports.free(port);
    for (const address of this.#noLongerUsed) await this.#allocators.ips.release(address);
  }

  async rollback(): Promise<void> {
    for (const port of this.#ports) this.#allocators.ports.free(port);
    for (const address of this.#addresses) await this.#allocators.ips.release(address);
  }
}
