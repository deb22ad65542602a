/** One element of DER: its tag, where it starts, its content and where the next begins. */
export interface Element {
  readonly tag: number;
  /** Tag, length and content. */
  readonly raw: Uint8Array;
  readonly content: Uint8Array;
}

/** Input that is not DER of the expected shape. */
export class MalformedDer extends Error {
  override readonly name = 'MalformedDer';
}

/** The element at `offset`. Throws `MalformedDer`: no multi-byte tags, no indefinite lengths, nothing beyond the input. */
export function elementAt(bytes: Uint8Array, offset: number): Element {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw new MalformedDer('truncated or unsupported tag');
  let length = first;
  let start = offset + 2;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 3) throw new MalformedDer('unsupported length');
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + (bytes[start + i] ?? 0);
    start += count;
  }
  if (start + length > bytes.length) throw new MalformedDer('truncated');
  return { tag, raw: bytes.subarray(offset, start + length), content: bytes.subarray(start, start + length) };
}

/** The elements inside `content`, in order; at most 4,096. */
export function elementsOf(content: Uint8Array): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < content.length;) {
    const element = elementAt(content, at);
    found.push(element);
    if (found.length > 4096) throw new MalformedDer('too many elements');
    at += element.raw.length;
  }
  return found;
}

/** The element at `index`, whose tag must be `tag` where one is given. */
export function expectElement(elements: readonly Element[], index: number, tag?: number): Element {
  const element = elements[index];
  if (!element || (tag !== undefined && element.tag !== tag)) throw new MalformedDer(`element ${index} is missing or of another type`);
  return element;
}

/** The dotted form of an OBJECT IDENTIFIER's content. */
export function oidText(content: Uint8Array): string {
  const arcs: number[] = [];
  let value = 0;
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f);
    if (byte & 0x80) continue;
    if (arcs.length === 0) arcs.push(Math.min(2, Math.floor(value / 40)), value - 40 * Math.min(2, Math.floor(value / 40)));
    else arcs.push(value);
    value = 0;
  }
  return arcs.join('.');
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** A directory string's text; undefined for types that hold no text. Throws on invalid UTF-8. */
export function directoryString(element: Element): string | undefined {
  switch (element.tag) {
    case 0x0c: // UTF8String
      return strictUtf8.decode(element.content);
    case 0x12: // NumericString
    case 0x13: // PrintableString
    case 0x14: // T61String
    case 0x16: // IA5String
      return Buffer.from(element.content).toString('latin1');
    case 0x1e: // BMPString: UTF-16, big-endian
      return Buffer.from(element.content.subarray(0, element.content.length & ~1))
        .swap16()
        .toString('utf16le');
    default:
      return undefined;
  }
}
