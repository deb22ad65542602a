import { isIP } from 'node:net';
import { der } from './der.ts';

/** Upstream's names for key usages (certificates.k8s.io/v1 KeyUsage), plus `cert sign` and `crl sign`, which only authorities carry. */
export type KeyUsage = keyof typeof keyUsageBits | keyof typeof extendedKeyUsageOids;

/** Bit numbers of RFC 5280 §4.2.1.3. */
const keyUsageBits = {
  signing: 0,
  'digital signature': 0,
  'content commitment': 1,
  'key encipherment': 2,
  'data encipherment': 3,
  'key agreement': 4,
  'cert sign': 5,
  'crl sign': 6,
  'encipher only': 7,
  'decipher only': 8,
} as const;

const extendedKeyUsageOids = {
  any: '2.5.29.37.0',
  'server auth': '1.3.6.1.5.5.7.3.1',
  'client auth': '1.3.6.1.5.5.7.3.2',
  'code signing': '1.3.6.1.5.5.7.3.3',
  'email protection': '1.3.6.1.5.5.7.3.4',
  's/mime': '1.3.6.1.5.5.7.3.4',
  'ipsec end system': '1.3.6.1.5.5.7.3.5',
  'ipsec tunnel': '1.3.6.1.5.5.7.3.6',
  'ipsec user': '1.3.6.1.5.5.7.3.7',
  timestamping: '1.3.6.1.5.5.7.3.8',
  'ocsp signing': '1.3.6.1.5.5.7.3.9',
  'microsoft sgc': '1.3.6.1.4.1.311.10.3.3',
  'netscape sgc': '2.16.840.1.113730.4.1',
} as const;

/** Whether a string, perhaps a client's, names a usage that certificates can carry. */
export function isKeyUsage(text: string): text is KeyUsage {
  return Object.hasOwn(keyUsageBits, text) || Object.hasOwn(extendedKeyUsageOids, text);
}

export interface AlternativeNames {
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly emailAddresses?: readonly string[];
  readonly uris?: readonly string[];
}

function extension(oid: string, critical: boolean, value: Uint8Array): Buffer {
  return critical ? der.sequence(der.oid(oid), der.boolean(true), der.octets(value)) : der.sequence(der.oid(oid), der.octets(value));
}

function keyUsageExtension(usages: readonly KeyUsage[]): Buffer | undefined {
  const bits = usages.flatMap((u) => (Object.hasOwn(keyUsageBits, u) ? [keyUsageBits[u as keyof typeof keyUsageBits]] : []));
  if (bits.length === 0) return undefined;
  const highest = Math.max(...bits);
  const bytes = new Uint8Array((highest >> 3) + 1);
  for (const bit of bits) bytes[bit >> 3]! |= 0x80 >> (bit & 7);
  return extension('2.5.29.15', true, der.bits(bytes, 7 - (highest & 7)));
}

function extendedKeyUsageExtension(usages: readonly KeyUsage[]): Buffer | undefined {
  const oids = usages.flatMap((u) => (Object.hasOwn(extendedKeyUsageOids, u) ? [extendedKeyUsageOids[u as keyof typeof extendedKeyUsageOids]] : []));
  return oids.length === 0 ? undefined : extension('2.5.29.37', false, der.sequence(...[...new Set(oids)].map((o) => der.oid(o))));
}

/** The bytes of an address, 4 or 16. Throws RangeError for what is no address. */
export function ipBytes(address: string): Uint8Array {
  const family = isIP(address);
  if (family === 4) return Uint8Array.from(address.split('.').map(Number));
  if (family !== 6) throw new RangeError(`not an IP address: ${address}`);
  const embedded = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const hex = (a = '0', b = '0') => (Number(a) * 256 + Number(b)).toString(16);
  const text = embedded ? `${embedded[1]}${hex(embedded[2], embedded[3])}:${hex(embedded[4], embedded[5])}` : address;
  const [left = '', right] = text.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((g) => Number.parseInt(g, 16)));
  const head = groups(left);
  const tail = right === undefined ? [] : groups(right);
  const all = [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
  return Uint8Array.from(all.flatMap((g) => [g >> 8, g & 0xff]));
}

export function alternativeNamesExtension(names: AlternativeNames, critical: boolean): Buffer | undefined {
  const entries = [
    ...(names.dnsNames ?? []).map((n) => der.implicit(2, Buffer.from(n, 'latin1'))),
    ...(names.emailAddresses ?? []).map((n) => der.implicit(1, Buffer.from(n, 'latin1'))),
    ...(names.ipAddresses ?? []).map((n) => der.implicit(7, ipBytes(n))),
    ...(names.uris ?? []).map((n) => der.implicit(6, Buffer.from(n, 'latin1'))),
  ];
  return entries.length === 0 ? undefined : extension('2.5.29.17', critical, der.sequence(...entries));
}

/** The extensions of a certificate, as `[3]` of its body. */
export function certificateExtensions(options: {
  readonly usages: readonly KeyUsage[];
  readonly names: AlternativeNames;
  readonly isAuthority: boolean;
  readonly subjectKeyId: Uint8Array;
  readonly authorityKeyId: Uint8Array | undefined;
  /** RFC 5280 §4.2.1.6: the names are critical when there is no subject. */
  readonly emptySubject: boolean;
}): Buffer {
  const constraints = options.isAuthority ? der.sequence(der.boolean(true)) : der.sequence();
  const list = [
    keyUsageExtension(options.usages),
    extendedKeyUsageExtension(options.usages),
    extension('2.5.29.19', true, constraints),
    options.isAuthority || options.authorityKeyId === undefined ? extension('2.5.29.14', false, der.octets(options.subjectKeyId)) : undefined,
    options.authorityKeyId && extension('2.5.29.35', false, der.sequence(der.implicit(0, options.authorityKeyId))),
    alternativeNamesExtension(options.names, options.emptySubject),
  ];
  return der.explicit(3, der.sequence(...list.filter((e) => e !== undefined)));
}
