import { schemaOf } from '../../api/index.ts';
import {
  DecodeError,
  encodeProtobuf as encodeMessage,
  encodeProtobufObject,
  type Envelope,
  type KubeObject,
  type ObjectSchema,
  readEnvelope,
  type TypeMeta,
  writeProtobufList,
  writeWatchFrame,
} from '../../apimachinery/index.ts';

export { decodeProtobuf } from '../../apimachinery/index.ts';
export type ProtobufEnvelope = Envelope;

/** Encodes an object in upstream's envelope; kind and apiVersion are read from it. */
export function encodeProtobuf(schema: ObjectSchema, value: object): Uint8Array {
  const { apiVersion = '', kind = '' } = value as KubeObject;
  return encodeProtobufObject(schema, value, { apiVersion, kind });
}

export const encodeProtobufMessage = encodeMessage;

/** Opens the envelope; undefined when the bytes are none. */
export function readProtobufEnvelope(bytes: Uint8Array): ProtobufEnvelope | undefined {
  try {
    return readEnvelope(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** A list in its envelope, from its items' messages. */
export function encodeProtobufList(type: TypeMeta, metadata: object, items: readonly Uint8Array[]): Uint8Array {
  return writeProtobufList(type, encodeMessage(schemaOf('meta.k8s.io', 'v1', 'ListMeta'), metadata), items);
}

/** A watch event as protobuf, without the length that frames it; `object` is in its envelope. */
export function encodeProtobufFrame(type: string, object: Uint8Array): Uint8Array {
  return writeWatchFrame(type, object).subarray(4);
}
