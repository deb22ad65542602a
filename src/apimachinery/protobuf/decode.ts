import { setKey } from '../client-keys.ts';
import { DecodeError } from '../decode/decode-error.ts';
import { formatDuration } from '../decode/duration.ts';
import { microTimeText, timeText } from '../decode/time.ts';
import { isEmpty } from '../decode/walk.ts';
import { readJson } from '../json-reader.ts';
import type { Json } from '../meta.ts';
import type { FieldSchema, ObjectSchema, ScalarSchema, Schema } from '../schema.ts';
import { type MessagePlan, planOf } from './plan.ts';
import { ProtobufReader } from './reader.ts';

type Owned = Record<string, Json>;
/** Reads one field into the object; the tag has been read. */
type ReadField = (r: ProtobufReader, wireType: number, into: Owned, depth: number) => void;
/** Reads one value; undefined for what means "absent", such as the zero time. */
type ReadValue = (r: ProtobufReader, depth: number) => Json | undefined;

/** Nesting of messages. Schemas of custom kinds are the deepest that is meant. */
const maxDepth = 200;

interface MessageReader {
  readonly fields: ReadonlyMap<number, ReadField>;
}

const readers = new WeakMap<ObjectSchema, MessageReader>();

/**
 * Reads the protobuf message of a built-in type (without an envelope) into the form its JSON has. Fields stand in the order of the wire and
 * zero values that Go writes for required fields are there: `decodeObject` makes it an object as it does with JSON. Throws `DecodeError`.
 */
export function decodeProtobuf(schema: ObjectSchema, bytes: Uint8Array): Json {
  return readInto(readerOf(schema), new ProtobufReader(bytes), {}, 0);
}

function readerOf(schema: ObjectSchema): MessageReader {
  const known = readers.get(schema);
  if (known) return known;
  const made = messageReader(planOf(schema));
  readers.set(schema, made);
  return made;
}

function messageReader(plan: MessagePlan): MessageReader {
  const fields = new Map<number, ReadField>();
  for (const item of plan.items) {
    if (item.field) {
      fields.set(item.number, fieldReader(item.field));
      continue;
    }
    const inside = messageReader(item.embedded);
    fields.set(item.number, (r, wireType, into, depth) => {
      expect(wireType, 2);
      readInto(inside, r.message(), into, depth + 1);
    });
  }
  return { fields };
}

function readInto(reader: MessageReader, r: ProtobufReader, into: Owned, depth: number): Owned {
  if (depth > maxDepth) throw new DecodeError('proto: exceeded max depth');
  while (!r.done) {
    const { number, wireType } = r.tag();
    const read = reader.fields.get(number);
    if (read) read(r, wireType, into, depth);
    else r.skip(wireType);
  }
  return into;
}

function expect(found: number, wanted: number): void {
  if (found !== wanted) throw new DecodeError(`proto: wrong wireType = ${found}`);
}

function wireTypeOf(schema: Schema): number {
  if (schema.kind === 'int32' || schema.kind === 'int64' || schema.kind === 'bool') return 0;
  return schema.kind === 'double' ? 1 : 2;
}

function fieldReader(field: FieldSchema): ReadField {
  const { name, schema } = field;
  if (schema.kind === 'list' && !schema.wrapped) return listReader(name, schema.items);
  if (schema.kind === 'map') return mapReader(name, schema.values);
  const read = valueReader(schema);
  const wanted = wireTypeOf(schema);
  const dropsEmpty = !field.required && !field.pointer;
  return (r, wireType, into, depth) => {
    expect(wireType, wanted);
    const value = read(r, depth);
    if (value !== undefined && !(dropsEmpty && isEmpty(schema, value))) into[name] = value;
  };
}

function listReader(name: string, items: Schema): ReadField {
  const read = valueReader(items);
  const wanted = wireTypeOf(items);
  return (r, wireType, into, depth) => {
    const list = (into[name] ??= []) as Json[];
    if (wireType === 2 && wanted === 0) {
      const packed = r.message();
      while (!packed.done) list.push(read(packed, depth) ?? null);
      return;
    }
    expect(wireType, wanted);
    list.push(read(r, depth) ?? null);
  };
}

function mapReader(name: string, values: Schema): ReadField {
  const read = valueReader(values);
  const wanted = wireTypeOf(values);
  return (r, wireType, into, depth) => {
    expect(wireType, 2);
    const map = (into[name] ??= {}) as Owned;
    const entry = r.message();
    let key = '';
    let value: Json | undefined;
    while (!entry.done) {
      const tag = entry.tag();
      if (tag.number === 1) key = entry.text();
      else if (tag.number !== 2) entry.skip(tag.wireType);
      else {
        expect(tag.wireType, wanted);
        value = read(entry, depth + 1);
      }
    }
    setKey(map, key, value ?? null);
  };
}

function valueReader(schema: Schema): ReadValue {
  switch (schema.kind) {
    case 'object':
      return (r, depth) => readInto(readerOf(schema), r.message(), {}, depth + 1);
    case 'list': {
      const inside: MessageReader = { fields: new Map([[1, listReader('items', schema.items)]]) };
      return (r, depth) => readInto(inside, r.message(), { items: [] }, depth + 1)['items'];
    }
    case 'map':
      throw new Error('protobuf has no map of maps');
    default:
      return scalarReader(schema);
  }
}

function scalarReader(schema: ScalarSchema): ReadValue {
  switch (schema.kind) {
    case 'string':
      return (r) => r.text();
    case 'int32':
    case 'int64':
      return (r) => r.varint();
    case 'bool':
      return (r) => r.varint() !== 0;
    case 'double':
      return (r) => r.double();
    case 'bytes':
      return (r) => r.bytes().toString('base64');
    case 'quantity':
      return (r) => single(r.message(), (m) => m.text()) || '0';
    case 'duration':
      return (r) => formatDuration(single(r.message(), (m) => m.varint()) ?? 0);
    case 'intOrString':
      return (r) => intOrString(r.message());
    case 'time':
    case 'microTime':
      return (r) => time(r.message(), schema.kind === 'microTime');
    case 'any':
      return schema.union ? unionReader(schema.union.or, schema.union.schema) : (r) => embeddedJson(single(r.message(), (m) => m.bytes()));
  }
}

/** Field 1 of a message that has no other. */
function single<T>(r: ProtobufReader, read: (r: ProtobufReader) => T): T | undefined {
  let value: T | undefined;
  while (!r.done) {
    const { number, wireType } = r.tag();
    if (number === 1) value = read(r);
    else r.skip(wireType);
  }
  return value;
}

function embeddedJson(raw: Uint8Array | undefined): Json | undefined {
  return raw === undefined || raw.length === 0 ? undefined : readJson(raw).value;
}

function intOrString(r: ProtobufReader): Json {
  let [isText, number, text] = [false, 0, ''];
  while (!r.done) {
    const tag = r.tag();
    if (tag.number === 1) isText = r.varint() === 1;
    else if (tag.number === 2) number = r.varint();
    else if (tag.number === 3) text = r.text();
    else r.skip(tag.wireType);
  }
  return isText ? text : number;
}

function time(r: ProtobufReader, isMicro: boolean): Json | undefined {
  if (r.done) return undefined;
  let [seconds, nanos] = [0, 0];
  while (!r.done) {
    const tag = r.tag();
    if (tag.number === 1) seconds = r.varint();
    else if (tag.number === 2) nanos = r.varint();
    else r.skip(tag.wireType);
  }
  if (Math.abs(seconds) > maxSeconds || nanos < 0 || nanos > 999_999_999) throw new DecodeError(`proto: time out of range: ${seconds}.${nanos}`);
  return isMicro ? microTimeText(seconds, nanos) : timeText(seconds);
}

/** The last second of the year 9999. */
const maxSeconds = 253402300799;

function unionReader(or: 'array' | 'bool' | 'stringArray', schema: ObjectSchema): ReadValue {
  return (reader, depth) => {
    const r = reader.message();
    let object: Json | undefined;
    let allows = false;
    const list: Json[] = [];
    const nested = () => readInto(readerOf(schema), r.message(), {}, depth + 1);
    while (!r.done) {
      const tag = r.tag();
      if (or === 'bool' && tag.number === 1) allows = r.varint() !== 0;
      else if (tag.number === (or === 'bool' ? 2 : 1)) object = nested();
      else if (tag.number === 2) list.push(or === 'array' ? nested() : r.text());
      else r.skip(tag.wireType);
    }
    return object ?? (or === 'bool' ? allows : list);
  };
}
