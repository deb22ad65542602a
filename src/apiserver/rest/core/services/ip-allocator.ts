import { canonicalIp } from '../../../../api/index.ts';
import type { ServerContext } from '../../../context.ts';
import { formatTime, isAlreadyExists, isNotFound, type KubeObject } from '../../../../apimachinery/index.ts';
import { type IpFamily, type IpRange, staticBand } from './ip-range.ts';

const maxAttempts = 64;

/** Whom an address is for. */
export interface AddressOwner {
  readonly namespace: string;
  readonly name: string;
}

/**
 * Gives out ClusterIPs. An address is taken by creating its IPAddress object: whoever creates it has it, on however many servers.
 */
export class IpAllocator {
  readonly #context: ServerContext;
  readonly #ranges: readonly IpRange[];

  constructor(context: ServerContext, ranges: readonly IpRange[]) {
    this.#context = context;
    this.#ranges = ranges;
  }

  get families(): readonly IpFamily[] {
    return this.#ranges.map((r) => r.family);
  }

  range(family: IpFamily): IpRange | undefined {
    return this.#ranges.find((r) => r.family === family);
  }

  /** Takes this address. False: someone has it. */
  async take(address: string, owner: AddressOwner): Promise<boolean> {
    const name = canonicalIp(address);
    const { clock, rng } = this.#context;
    const family = name.includes(':') ? 'IPv6' : 'IPv4';
    const object = {
      kind: 'IPAddress',
      apiVersion: 'networking.k8s.io/v1',
      metadata: {
        name,
        uid: rng.uuid(),
        creationTimestamp: formatTime(clock.now()),
        labels: { 'ipaddress.kubernetes.io/ip-family': family, 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' },
      },
      spec: { parentRef: { resource: 'services', namespace: owner.namespace, name: owner.name } },
    };
    try {
      await this.#store().create({ namespace: '', name }, { object: object as KubeObject });
      return true;
    } catch (error) {
      if (isAlreadyExists(error)) return false;
      throw error;
    }
  }

  /** Takes any free address of a family: from the upper band first, by chance. Undefined when the range is full. */
  async takeAny(family: IpFamily, owner: AddressOwner): Promise<string | undefined> {
    const range = this.range(family);
    if (!range) return undefined;
    const reserved = staticBand(range.size);
    return (
      (await this.#search(range, { from: reserved, size: range.size - reserved }, owner)) ?? this.#search(range, { from: 0, size: reserved }, owner)
    );
  }

  isTaken(address: string): boolean {
    return this.#store().peek({ namespace: '', name: canonicalIp(address) }) !== undefined;
  }

  async release(address: string): Promise<void> {
    try {
      await this.#store().delete({ namespace: '', name: canonicalIp(address) });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  async #search(range: IpRange, band: { readonly from: number; readonly size: number }, owner: AddressOwner): Promise<string | undefined> {
    if (band.size <= 0) return undefined;
    const store = this.#store();
    const start = this.#context.rng.int(band.size);
    let attempts = 0;
    for (let i = 0; i < band.size; i++) {
      const address = range.at(band.from + ((start + i) % band.size));
      if (store.peek({ namespace: '', name: address })) continue;
      if (await this.take(address, owner)) return address;
      if (++attempts >= maxAttempts) return undefined;
    }
    return undefined;
  }

  #store() {
    return this.#context.store('networking.k8s.io', 'ipaddresses');
  }
}
