import { isIPv6 } from 'node:net';

/** A range of addresses: its first one as a number, and the length of its prefix. */
export interface Cidr {
  readonly base: bigint;
  readonly prefix: number;
  readonly bits: 32 | 128;
}

/** Reads `10.0.0.0/8` or `fd00::/48`; bits beyond the prefix are cleared. Throws on anything else. */
export function parseCidr(text: string): Cidr {
  const [address = '', length = ''] = text.split('/');
  const bits = isIPv6(address) ? 128 : 32;
  const prefix = Number(length);
  if (!/^\d+$/.test(length) || prefix > bits) throw new Error(`invalid CIDR address: ${text}`);
  const host = (1n << BigInt(bits - prefix)) - 1n;
  return { base: addressToNumber(address, text) & ~host, prefix, bits };
}

function addressToNumber(address: string, whole: string): bigint {
  if (!isIPv6(address)) {
    const parts = address.split('.').map(Number);
    if (parts.length !== 4 || parts.some((p) => !Number.isInteger(p) || p < 0 || p > 255)) throw new Error(`invalid CIDR address: ${whole}`);
    return parts.reduce((n, p) => (n << 8n) | BigInt(p), 0n);
  }
  const [head = '', tail] = address.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((g) => BigInt(`0x${g}`)));
  const [left, right] = [groups(head), tail === undefined ? [] : groups(tail)];
  const middle = Array.from({ length: 8 - left.length - right.length }, () => 0n);
  return [...left, ...middle, ...right].reduce((n, g) => (n << 16n) | g, 0n);
}

/** The canonical text of a range (RFC 5952 for IPv6). */
export function formatCidr({ base, prefix, bits }: Cidr): string {
  if (bits === 32) return `${[24n, 16n, 8n, 0n].map((s) => (base >> s) & 255n).join('.')}/${prefix}`;
  const groups = Array.from({ length: 8 }, (_, i) => ((base >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  return `${new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)}/${prefix}`;
}

/** At most so many ranges are kept track of (as upstream: 2^16 nodes). */
const maxRanges = 65_536;

/** Equal parts of a range, given out in turn so that a released one rests before it is used again. */
export class CidrSet {
  readonly #cluster: Cidr;
  readonly #maskSize: number;
  readonly #count: number;
  readonly #used = new Set<number>();
  #next = 0;

  constructor(cluster: string, maskSize: number) {
    this.#cluster = parseCidr(cluster);
    this.#maskSize = maskSize;
    const bits = maskSize - this.#cluster.prefix;
    if (bits < 0 || maskSize > this.#cluster.bits) throw new Error(`a node range of /${maskSize} does not fit into ${cluster}`);
    this.#count = Math.min(maxRanges, 2 ** bits);
  }

  /** The next free range; undefined when all are taken. */
  allocate(): string | undefined {
    for (let i = 0; i < this.#count; i++) {
      const index = (this.#next + i) % this.#count;
      if (this.#used.has(index)) continue;
      this.#used.add(index);
      this.#next = (index + 1) % this.#count;
      return formatCidr({ base: this.#cluster.base + (BigInt(index) << this.#shift()), prefix: this.#maskSize, bits: this.#cluster.bits });
    }
    return undefined;
  }

  /** Marks what overlaps `cidr` as taken; ranges outside of the cluster's are no matter. */
  occupy(cidr: string): void {
    for (const index of this.#indexes(cidr)) this.#used.add(index);
  }

  release(cidr: string): void {
    for (const index of this.#indexes(cidr)) this.#used.delete(index);
  }

  #shift(): bigint {
    return BigInt(this.#cluster.bits - this.#maskSize);
  }

  *#indexes(text: string): Iterable<number> {
    const cidr = parseCidr(text);
    if (cidr.bits !== this.#cluster.bits) return;
    const last = cidr.base + (1n << BigInt(cidr.bits - cidr.prefix)) - 1n;
    const first = Number((cidr.base - this.#cluster.base) >> this.#shift());
    const end = Number((last - this.#cluster.base) >> this.#shift());
    for (let i = Math.max(0, first); i <= Math.min(this.#count - 1, end); i++) yield i;
  }
}
