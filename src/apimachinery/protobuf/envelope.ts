import { DecodeError } from '../decode/decode-error.ts';
import type { ObjectSchema } from '../schema.ts';
import { BackwardWriter } from './backward-writer.ts';
import { writeMessage } from './encode.ts';
import { ProtobufReader, eachField } from './reader.ts';

/** `k8s\0`, before every protobuf object on the wire and in etcd. */
const magic = Uint8Array.of(0x6b, 0x38, 0x73, 0x00);

/** Tag of a length-delimited field. */
const textTag = (number: number) => number * 8 + 2;

/** runtime.Unknown: an object's kind and its message. */
export interface Envelope {
  readonly apiVersion: string;
  readonly kind: string;
  /** A view of the bytes given. */
  readonly raw: Uint8Array;
  readonly contentEncoding: string;
  readonly contentType: string;
}

export function isEnvelope(bytes: Uint8Array): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

/** Opens the envelope; throws DecodeError when there is none. */
export function readEnvelope(bytes: Uint8Array): Envelope {
  if (!isEnvelope(bytes)) {
    throw new DecodeError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  }
  let [apiVersion, kind, contentEncoding, contentType] = ['', '', '', ''];
  let raw: Uint8Array = new Uint8Array(0);
  const r = new ProtobufReader(bytes, magic.length);
  const typeMeta = (tag: number) => {
    if (tag === textTag(1)) apiVersion = r.text();
    else if (tag === textTag(2)) kind = r.text();
    else return false;
    return true;
  };
  while (!r.done) {
    const tag = r.tag();
    if (tag === textTag(1)) eachField(r, typeMeta);
    else if (tag === textTag(2)) raw = r.bytes();
    else if (tag === textTag(3)) contentEncoding = r.text();
    else if (tag === textTag(4)) contentType = r.text();
    else r.skip(tag);
  }
  return { apiVersion, kind, raw, contentEncoding, contentType };
}

/** Puts the envelope around what was written since `w.length` was `before`. */
function envelop(w: BackwardWriter, before: number, type: { readonly apiVersion: string; readonly kind: string }): void {
  w.delimit(2, before);
  const typeMeta = w.length;
  w.stringField(2, type.kind);
  w.stringField(1, type.apiVersion);
  w.delimit(1, typeMeta);
  w.raw(magic);
}

/** contentEncoding and contentType, which Go writes empty; they come last in the bytes, so first here. */
function unknownTail(w: BackwardWriter): void {
  w.stringField(4, '');
  w.stringField(3, '');
}

export interface TypeMeta {
  readonly apiVersion: string;
  readonly kind: string;
}

/** A message in its envelope. */
export function writeEnvelope(type: TypeMeta, raw: Uint8Array): Uint8Array<ArrayBuffer> {
  const w = new BackwardWriter();
  unknownTail(w);
  const before = w.length;
  w.raw(raw);
  envelop(w, before, type);
  return w.finish();
}

/** An object in its envelope: what `application/vnd.kubernetes.protobuf` holds. */
export function encodeProtobufObject(schema: ObjectSchema, object: object, type: TypeMeta): Uint8Array<ArrayBuffer> {
  const w = new BackwardWriter();
  unknownTail(w);
  const before = w.length;
  writeMessage(w, schema, object);
  envelop(w, before, type);
  return w.finish();
}

/**
 * A list in its envelope, from its items' messages (without envelopes) as `encodeProtobuf` makes them. All lists of the API have their
 * metadata in field 1 and their items in field 2.
 */
export function writeProtobufList(type: TypeMeta, metadata: Uint8Array, items: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const w = new BackwardWriter();
  unknownTail(w);
  const before = w.length;
  for (let i = items.length - 1; i >= 0; i--) {
    const at = w.length;
    w.raw(items[i]!);
    w.delimit(2, at);
  }
  const at = w.length;
  w.raw(metadata);
  w.delimit(1, at);
  envelop(w, before, type);
  return w.finish();
}

/** One frame of a watch (`application/vnd.kubernetes.protobuf;stream=watch`): the length, then a WatchEvent. `object` is in its envelope. */
export function writeWatchFrame(type: string, object: Uint8Array): Uint8Array<ArrayBuffer> {
  const w = new BackwardWriter();
  w.raw(object);
  w.delimit(1, 0);
  w.delimit(2, 0);
  w.stringField(1, type);
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32BE(w.length);
  w.raw(length);
  return w.finish();
}

/** One event of a watch; the object is in its envelope. */
export interface WatchFrame {
  readonly type: string;
  readonly object: Uint8Array;
}

/** Frames that are whole at the start of `bytes`, and how many bytes they take. Throws when one is larger than `maxFrame`. */
export function readWatchFrames(bytes: Uint8Array, maxFrame: number): { readonly events: readonly WatchFrame[]; readonly taken: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const events: WatchFrame[] = [];
  let at = 0;
  while (at + 4 <= bytes.length) {
    const length = view.getUint32(at);
    if (length > maxFrame) throw new DecodeError(`the watch frame is ${length} bytes long, more than ${maxFrame}`);
    if (at + 4 + length > bytes.length) break;
    events.push(readWatchEvent(bytes.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return { events, taken: at };
}

function readWatchEvent(bytes: Uint8Array): WatchFrame {
  let type = '';
  let object: Uint8Array = new Uint8Array(0);
  const r = new ProtobufReader(bytes);
  const rawExtension = (tag: number) => {
    if (tag !== textTag(1)) return false;
    object = r.bytes();
    return true;
  };
  while (!r.done) {
    const tag = r.tag();
    if (tag === textTag(1)) type = r.text();
    else if (tag === textTag(2)) eachField(r, rawExtension);
    else r.skip(tag);
  }
  return { type, object };
}
