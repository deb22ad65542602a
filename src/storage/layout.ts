import { asBuffer } from '../base/index.ts';
import { canonicalJson, type KubeObject, type ObjectMeta, type ObjectSchema, sortedJson } from '../apimachinery/index.ts';
import type { Writable } from './store.ts';

/**
 * What the store holds of an object: four bytes of length (little endian), the member `"managedFields":[…],` of that length, and the rest
 * of the canonical JSON from inside metadata on: `"name":"x",…},"spec":…}`. Sending an object is a prefix, the revision's digits, and all
 * that follows the length. Neither kind, apiVersion nor resourceVersion is stored.
 */
export const lengthBytes = 4;
const memberStart = '"managedFields":';

/** Turns the two parts of an object into canonical JSON: metadata without resourceVersion and managedFields, and the rest without kind and apiVersion. */
export interface CanonicalEncoder {
  metadata(metadata: ObjectMeta): string;
  rest(object: object): string;
}

/** By a kind's schema; what a custom kind's schema does not say of metadata is sorted. */
export function canonicalEncoder(schema: ObjectSchema | undefined): CanonicalEncoder {
  const metaSchema = schema?.fields.get('metadata')?.schema;
  const isKnown = metaSchema?.kind === 'object' && metaSchema.fields.size > 0;
  return {
    metadata: (metadata) => (isKnown ? canonicalJson(metaSchema, metadata) : sortedJson(metadata)),
    rest: (object) => (schema ? canonicalJson(schema, object) : sortedJson(object)),
  };
}

/** The value to store. Throws TypeError for an object without metadata, in front of which nothing could be spliced. */
export function encodeStored(writable: Writable, encoder: CanonicalEncoder): Uint8Array {
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...rest } = writable.object;
  const { resourceVersion: _resourceVersion, managedFields: _managedFields, selfLink: _selfLink, ...meta } = metadata ?? {};
  const managedFields = writable.managedFields ?? managedFieldsText(writable.object);
  const member = managedFields === '' ? '' : `${memberStart}${managedFields},`;
  const metaText = encoder.metadata(meta);
  if (metaText.length < 3) throw new TypeError('a stored object has metadata');
  const restText = encoder.rest(rest);
  const body = `${member}${metaText.slice(1)}${restText === '{}' ? '}' : `,${restText.slice(1)}`}`;
  // One allocation of the exact size, never from the shared pool: the bytes live as long as the object.
  const size = Buffer.byteLength(body);
  const buffer = Buffer.allocUnsafeSlow(lengthBytes + size);
  buffer.write(body, lengthBytes, size, 'utf8');
  buffer.writeUInt32LE(member === '' ? 0 : Buffer.byteLength(member), 0);
  return buffer;
}

function managedFieldsText(object: KubeObject): string {
  const entries = object.metadata?.managedFields;
  return entries && entries.length > 0 ? JSON.stringify(entries) : '';
}

/** The JSON text of managedFields; '' when there are none. */
export function managedFieldsOf(value: Uint8Array): string {
  const bytes = asBuffer(value);
  const length = bytes.readUInt32LE(0);
  return length === 0 ? '' : bytes.toString('utf8', lengthBytes + memberStart.length, lengthBytes + length - 1);
}

export function restOf(value: Uint8Array): Uint8Array {
  return value.subarray(lengthBytes + asBuffer(value).readUInt32LE(0));
}

/** Whether bytes can be a stored object at all: the length fits, and the JSON seems whole. */
export function looksStored(value: Uint8Array): boolean {
  if (value.length < lengthBytes + 2) return false;
  return asBuffer(value).readUInt32LE(0) <= value.length - lengthBytes - 2 && value[value.length - 1] === 0x7d;
}
