import { isIPv4, isIPv6 } from 'node:net';
import type { Checks } from './checks.ts';

const leadingZero = /(^|\.)0\d/;
const notAnIp = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

/** An address's family; undefined when the text is none. */
export function ipFamily(text: string): 'IPv4' | 'IPv6' | undefined {
  return isIPv4(text) ? 'IPv4' : isIPv6(text) && !text.includes('%') ? 'IPv6' : undefined;
}

/** What is wrong with an address. */
export function ipErrors(text: string): readonly string[] {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(text) && leadingZero.test(text)) return ['must not have leading 0s'];
  const family = ipFamily(text);
  if (!family) return [notAnIp];
  return family === 'IPv6' && /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(text) ? ['must not be an IPv4-mapped IPv6 address'] : [];
}

export function checkIp(c: Checks, text: string, path: string, field: string): void {
  for (const detail of ipErrors(text)) c.invalid([path, field], text, detail);
}

const notACidr = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

/** An IPv6 address as eight numbers of 16 bits, an IPv4 one as four of 8. */
export function ipNumbers(text: string): readonly number[] {
  if (isIPv4(text)) return text.split('.').map(Number);
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  const plain = dotted
    ? `${dotted[1]}${((Number(dotted[2]) << 8) | Number(dotted[3])).toString(16)}:${((Number(dotted[4]) << 8) | Number(dotted[5])).toString(16)}`
    : text;
  const [head = '', tail] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].map((part) => Number.parseInt(part, 16));
}

/** Bits of the address past the prefix that are set. */
function hasHostBits(address: string, prefix: number): boolean {
  const numbers = ipNumbers(address);
  const width = numbers.length === 4 ? 8 : 16;
  return numbers.some((n, i) => {
    const kept = Math.min(width, Math.max(0, prefix - i * width));
    return (n & ((1 << (width - kept)) - 1)) !== 0;
  });
}

/** An IPv6 address in the form of RFC 5952. */
export function canonicalIp(text: string): string {
  if (isIPv4(text)) return ipNumbers(text).join('.');
  return new URL(`http://[${text}]/`).hostname.slice(1, -1);
}

/** What is wrong with an address range; `canonical` asks for the one right spelling too. */
export function cidrErrors(text: string, canonical = false): readonly string[] {
  const match = /^([^/]+)\/(\d+)$/.exec(text);
  if (!match) return [notACidr];
  const address = match[1]!;
  if ((/^[\d.]+$/.test(address) && leadingZero.test(address)) || /^0\d/.test(match[2]!)) return ['must not have leading 0s in IP or prefix length'];
  const family = ipFamily(address);
  const prefix = Number(match[2]);
  if (!family || prefix > (family === 'IPv4' ? 32 : 128)) return [notACidr];
  if (family === 'IPv6' && /^::ffff:\d+\./i.test(address)) return ['must not have an IPv4-mapped IPv6 address'];
  if (hasHostBits(address, prefix)) return ['must not have bits set beyond the prefix length'];
  const right = `${canonicalIp(address)}/${prefix}`;
  return canonical && right !== text ? [`must be in canonical form (${JSON.stringify(right)})`] : [];
}

/** Addresses that no endpoint may have: unspecified, loopback, link-local. */
export function checkEndpointIp(c: Checks, text: string, path: string, field: string): void {
  const family = ipFamily(text);
  const say = (detail: string) => c.invalid([path, field], text, detail);
  if (!family) return say('must be a valid IP address');
  const n = ipNumbers(text);
  const v4 = family === 'IPv4';
  if (n.every((part) => part === 0)) say(`may not be unspecified (${JSON.stringify(text)})`);
  if (v4 ? n[0] === 127 : n.slice(0, 7).every((p) => p === 0) && n[7] === 1) say('may not be in the loopback range (127.0.0.0/8, ::1/128)');
  if (v4 ? n[0] === 169 && n[1] === 254 : (n[0]! & 0xffc0) === 0xfe80) say('may not be in the link-local range (169.254.0.0/16, fe80::/10)');
  if (v4 ? n[0] === 224 && n[1] === 0 && n[2] === 0 : (n[0]! & 0xff0f) === 0xff02) {
    say('may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)');
  }
}
