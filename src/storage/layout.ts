import type { KubeObject } from '../apimachinery/index.ts';
import type { Writable } from './store.ts';

/**
 * What the store holds of an object: four bytes of length (little endian), the member `"managedFields":[…],` of that length, and the rest
 * of the canonical JSON from inside metadata on: `"name":"x",…},"spec":…}`. Sending an object is a prefix, the revision's digits, and all
 * that follows the length. Neither kind, apiVersion nor resourceVersion is stored.
 */
export const lengthBytes = 4;
const memberStart = '"managedFields":';

/** Turns an object without kind, apiVersion, resourceVersion and managedFields, metadata first, into canonical JSON. */
export type CanonicalEncoder = (object: KubeObject) => string;

/** The value to store. Throws TypeError for an object without metadata.name, which nothing could be spliced in front of. */
export function encodeStored(writable: Writable, encode: CanonicalEncoder): Uint8Array {
  const { object } = writable;
  const managedFields = writable.managedFields ?? managedFieldsText(object);
  const text = encode(withoutServerSide(object));
  const head = '{"metadata":{';
  if (!text.startsWith(head) || text.startsWith('{"metadata":{}')) throw new TypeError('canonical JSON must start with a metadata that is not empty');
  const member = managedFields === '' ? '' : `${memberStart}${managedFields},`;
  const body = member + text.slice(head.length);
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

/** The object as the encoder takes it: metadata first. Shares everything below. */
function withoutServerSide(object: KubeObject): KubeObject {
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...rest } = object;
  const { resourceVersion: _resourceVersion, managedFields: _managedFields, selfLink: _selfLink, ...meta } = metadata ?? {};
  return { metadata: meta, ...rest };
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

export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
