import { canonicalIp, ipFamily, ipNumbers } from '../../../../api/index.ts';

export type IpFamily = 'IPv4' | 'IPv6';

function numberOf(address: string): bigint {
  const numbers = ipNumbers(address);
  const width = numbers.length === 4 ? 8n : 16n;
  return numbers.reduce((sum, n) => (sum << width) | BigInt(n), 0n);
}

function format4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join('.');
}

function format6(value: bigint): string {
  return canonicalIp(Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16)).join(':'));
}

/** A range of addresses for Services; the network's own address, and the broadcast address of IPv4, are left out. */
export class IpRange {
  readonly cidr: string;
  readonly family: IpFamily;
  /** Addresses that can be given out. Ranges beyond 2^32 are used up to that. */
  readonly size: number;
  readonly #first: bigint;

  /** Throws RangeError for what is no CIDR. */
  constructor(cidr: string) {
    const [address = '', bitsText = ''] = cidr.split('/');
    const family = ipFamily(address);
    const bits = Number(bitsText);
    const width = family === 'IPv4' ? 32 : 128;
    if (!family || !/^\d+$/.test(bitsText) || bits > width) throw new RangeError(`${cidr} is no address range`);
    this.cidr = cidr;
    this.family = family;
    const host = width - bits;
    const value = numberOf(address);
    this.#first = ((value >> BigInt(host)) << BigInt(host)) + 1n;
    const all = 2 ** Math.min(host, 32);
    this.size = Math.max(0, all - (family === 'IPv4' ? 2 : 1));
  }

  contains(address: string): boolean {
    const family = ipFamily(address);
    if (family !== this.family) return false;
    const offset = numberOf(address) - this.#first;
    return offset >= 0n && offset < BigInt(this.size);
  }

  /** The address at `offset`, 0 for the first. */
  at(offset: number): string {
    const value = this.#first + BigInt(offset);
    return this.family === 'IPv4' ? format4(value) : format6(value);
  }
}

/** How many of a range's first addresses are kept for Services that name their own (KEP-3070). */
export function staticBand(size: number): number {
  return Math.min(Math.max(16, Math.floor(size / 16)), 256, size);
}
