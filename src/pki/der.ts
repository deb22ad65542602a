/** Writes DER (X.690 §10): just the types that certificates and signing requests are made of. */

function tlv(tag: number, content: Uint8Array): Buffer {
  const n = content.length;
  let head: number[];
  if (n < 0x80) head = [tag, n];
  else if (n < 0x100) head = [tag, 0x81, n];
  else if (n < 0x1_0000) head = [tag, 0x82, n >> 8, n & 0xff];
  else head = [tag, 0x83, n >> 16, (n >> 8) & 0xff, n & 0xff];
  return Buffer.concat([Uint8Array.from(head), content]);
}

function oidContent(dotted: string): Uint8Array {
  const arcs = dotted.split('.').map(Number);
  const bytes: number[] = [];
  const push = (arc: number) => {
    const groups = [arc & 0x7f];
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) groups.unshift((rest & 0x7f) | 0x80);
    bytes.push(...groups);
  };
  push((arcs[0] ?? 0) * 40 + (arcs[1] ?? 0));
  for (const arc of arcs.slice(2)) push(arc);
  return Uint8Array.from(bytes);
}

/** An unsigned big-endian number as INTEGER: leading zeros dropped, one put back where the top bit would mean a sign. */
function unsigned(bytes: Uint8Array): Buffer {
  let from = 0;
  while (from < bytes.length - 1 && bytes[from] === 0) from++;
  const digits = bytes.subarray(from);
  return tlv(0x02, (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Uint8Array.of(0), digits]) : digits.length === 0 ? Uint8Array.of(0) : digits);
}

/** RFC 5280 §4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050, seconds and `Z`. */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\.\d+Z$|[-:T]/g, '');
  return Number(digits.slice(0, 4)) < 2050 ? tlv(0x17, Buffer.from(`${digits.slice(2)}Z`)) : tlv(0x18, Buffer.from(`${digits}Z`));
}

export const der = {
  tlv,
  sequence: (...items: readonly Uint8Array[]): Buffer => tlv(0x30, Buffer.concat(items)),
  /** SET OF: DER wants its elements in ascending order of their encoding. */
  set: (...items: readonly Uint8Array[]): Buffer => tlv(0x31, Buffer.concat([...items].sort((a, b) => Buffer.compare(a, b)))),
  oid: (dotted: string): Buffer => tlv(0x06, oidContent(dotted)),
  unsigned,
  small: (value: number): Buffer => unsigned(Uint8Array.of(value)),
  boolean: (value: boolean): Buffer => tlv(0x01, Uint8Array.of(value ? 0xff : 0)),
  null: (): Buffer => tlv(0x05, new Uint8Array(0)),
  utf8: (text: string): Buffer => tlv(0x0c, Buffer.from(text, 'utf8')),
  octets: (bytes: Uint8Array): Buffer => tlv(0x04, bytes),
  bits: (bytes: Uint8Array, unusedBits = 0): Buffer => tlv(0x03, Buffer.concat([Uint8Array.of(unusedBits), bytes])),
  time,
  /** Context tag, constructed: `[n] EXPLICIT`. */
  explicit: (n: number, content: Uint8Array): Buffer => tlv(0xa0 | n, content),
  /** Context tag, primitive: `[n] IMPLICIT` of a string or bytes. */
  implicit: (n: number, content: Uint8Array): Buffer => tlv(0x80 | n, content),
};
