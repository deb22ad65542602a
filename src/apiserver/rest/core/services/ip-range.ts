import { isIPv4, isIPv6 } from 'node:net';

export type IpFamily = 'IPv4' | 'IPv6';

/** The family of an address; undefined for what is no address. */
export function familyOf(address: string): IpFamily | undefined {
  return isIPv4(address) ? 'IPv4' : isIPv6(address) ? 'IPv6' : undefined;
}

function parse4(address: string): bigint {
  return address.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

function parse6(address: string): bigint {
  const [head = '', tail] = address.includes('.') ? mapped(address).split('::') : address.split('::');
  const words = (text: string) => (text === '' ? [] : text.split(':'));
  const left = words(head);
  const right = tail === undefined ? [] : words(tail);
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array.from({ length: zeros }, () => '0'), ...right].reduce((sum, word) => (sum << 16n) | BigInt(`0x${word}`), 0n);
}

/** `::ffff:1.2.3.4` with its last part as two words. */
function mapped(address: string): string {
  const at = address.lastIndexOf(':');
  const value = parse4(address.slice(at + 1));
  return `${address.slice(0, at + 1)}${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
}

function format4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join('.');
}

/** RFC 5952: lower case, the longest run of zeros as `::`. */
function format6(value: bigint): string {
  const words = Array.from({ length: 8 }, (_, i) => (value >> BigInt(112 - 16 * i)) & 0xffffn);
  let best = { start: -1, length: 1 };
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && words[i + length] === 0n) length++;
    if (length > best.length) best = { start: i, length };
  }
  const text = (part: readonly bigint[]) => part.map((w) => w.toString(16)).join(':');
  if (best.start < 0) return text(words);
  return `${text(words.slice(0, best.start))}::${text(words.slice(best.start + best.length))}`;
}

/** An address in the one form that names and comparisons use. */
export function canonicalIp(address: string): string {
  return isIPv4(address) ? address : format6(parse6(address));
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
    const family = familyOf(address);
    const bits = Number(bitsText);
    const width = family === 'IPv4' ? 32 : 128;
    if (!family || !/^\d+$/.test(bitsText) || bits > width) throw new RangeError(`${cidr} is no address range`);
    this.cidr = cidr;
    this.family = family;
    const host = width - bits;
    const value = family === 'IPv4' ? parse4(address) : parse6(address);
    this.#first = ((value >> BigInt(host)) << BigInt(host)) + 1n;
    const all = 2 ** Math.min(host, 32);
    this.size = Math.max(0, all - (family === 'IPv4' ? 2 : 1));
  }

  contains(address: string): boolean {
    const family = familyOf(address);
    if (family !== this.family) return false;
    const offset = (family === 'IPv4' ? parse4(address) : parse6(address)) - this.#first;
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
