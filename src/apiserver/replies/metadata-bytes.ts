import type { StoredObject } from '../../storage/index.ts';

const [quoteMark, backslash, open, close, openList, closeList] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d];

/** Where the metadata of a stored object's body ends: the index after its closing brace. Only metadata's bytes are looked at. */
export function metadataEnd(body: Uint8Array): number {
  let depth = 1;
  for (let i = 0; i < body.length; i++) {
    const c = body[i];
    if (c === quoteMark) {
      i++;
      while (i < body.length && body[i] !== quoteMark) i += body[i] === backslash ? 2 : 1;
    } else if (c === open || c === openList) depth++;
    else if (c === close || c === closeList) {
      if (--depth === 0) return i + 1;
    }
  }
  return body.length;
}

const partialHead = '{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"resourceVersion":"';

/** `{"kind":"PartialObjectMetadata",…,"metadata":{…}}` from stored bytes, without a parse. */
export function partialMetadataJson(stored: StoredObject): string {
  const { body } = stored;
  const metadata = Buffer.from(body.buffer, body.byteOffset, metadataEnd(body)).toString('utf8');
  return `${partialHead}${stored.revision}",${metadata}}`;
}
