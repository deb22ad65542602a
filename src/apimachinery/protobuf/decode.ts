import { setKey } from '../client-keys.ts';
import { DecodeError } from '../decode/decode-error.ts';
import { formatDuration } from '../decode/duration.ts';
import { microTimeText, timeText } from '../decode/time.ts';
import { dropsEmpty, isEmpty } from '../decode/walk.ts';
import { readJson } from '../json-reader.ts';
import type { Json } from '../meta.ts';
import type { FieldSchema, ObjectSchema, ScalarSchema, Schema } from '../schema.ts';
import { type MessagePlan, planOf } from './plan.ts';
import { ProtobufReader, eachField } from './reader.ts';

type Owned = Record<string, Json>;
/** Reads one field into the object; the tag has been read. */
type ReadField = (r: ProtobufReader, tag: number, into: Owned, depth: number) => void;
/** Reads one value; undefined for what means "absent", such as the zero time. */
type ReadValue = (r: ProtobufReader, depth: number) => Json | undefined;

/** Nesting of messages. Schemas of custom kinds are the deepest that is meant. */
const maxDepth = 200;

/** By field number; holes where there is no field. */
type MessageReader = readonly (ReadField | undefined)[];

interface Slot {
  fields: MessageReader | undefined;
}

const readers = new WeakMap<ObjectSchema, Slot>();

/**
 * Reads the protobuf message of a built-in type (without an envelope) into the form its JSON has. Fields stand in the order of the wire and
 * zero values that Go writes for required fields are there: `decodeObject` makes it an object as it does with JSON. Throws `DecodeError`.
 */
export function decodeProtobuf(schema: ObjectSchema, bytes: Uint8Array): Json {
  return readFields(readerOf(schema), new ProtobufReader(bytes), {}, 0);
}

function slotOf(schema: ObjectSchema): Slot {
  const known = readers.get(schema);
  if (known) return known;
  const made: Slot = { fields: undefined };
  readers.set(schema, made);
  return made;
}

function readerOf(schema: ObjectSchema): MessageReader {
  return (slotOf(schema).fields ??= messageReader(planOf(schema)));
}

function messageReader(plan: MessagePlan): MessageReader {
  const fields: (ReadField | undefined)[] = [];
  for (const item of plan.items) {
    if (item.field) {
      fields[item.number] = fieldReader(item.field);
      continue;
    }
    const inside = messageReader(item.embedded);
    fields[item.number] = (r, tag, into, depth) => {
      expect(tag, 2);
      readMessage(inside, r, into, depth + 1);
    };
  }
  return fields;
}

function readMessage(fields: MessageReader, r: ProtobufReader, into: Owned, depth: number): Owned {
  const outer = r.enter();
  readFields(fields, r, into, depth);
  r.leave(outer);
  return into;
}

function readFields(fields: MessageReader, r: ProtobufReader, into: Owned, depth: number): Owned {
  if (depth > maxDepth) throw new DecodeError('proto: exceeded max depth');
  while (!r.done) {
    const tag = r.tag();
    const read = fields[tag >>> 3];
    if (read) read(r, tag, into, depth);
    else r.skip(tag);
  }
  return into;
}

function expect(tag: number, wireType: number): void {
  if ((tag & 7) !== wireType) throw new DecodeError(`proto: wrong wireType = ${tag & 7}`);
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
  const drops = dropsEmpty(field);
  return (r, tag, into, depth) => {
    expect(tag, wanted);
    const value = read(r, depth);
    if (value !== undefined && !(drops && isEmpty(schema, value))) into[name] = value;
  };
}

function listReader(name: string, items: Schema): ReadField {
  const read = valueReader(items);
  const wanted = wireTypeOf(items);
  return (r, tag, into, depth) => {
    const list = (into[name] ??= []) as Json[];
    if (wanted === 0 && (tag & 7) === 2) {
      const outer = r.enter();
      while (!r.done) list.push(read(r, depth) ?? null);
      r.leave(outer);
      return;
    }
    expect(tag, wanted);
    list.push(read(r, depth) ?? null);
  };
}

function mapReader(name: string, values: Schema): ReadField {
  const read = valueReader(values);
  const wanted = wireTypeOf(values);
  return (r, outerTag, into, depth) => {
    expect(outerTag, 2);
    const map = (into[name] ??= {}) as Owned;
    let key = '';
    let value: Json | undefined;
    const outer = r.enter();
    while (!r.done) {
      const tag = r.tag();
      if (tag === 10) key = r.text();
      else if (tag >>> 3 !== 2) r.skip(tag);
      else {
        expect(tag, wanted);
        value = read(r, depth + 1);
      }
    }
    r.leave(outer);
    setKey(map, key, value ?? null);
  };
}

function valueReader(schema: Schema): ReadValue {
  switch (schema.kind) {
    case 'object': {
      const slot = slotOf(schema);
      return (r, depth) => readMessage((slot.fields ??= messageReader(planOf(schema))), r, {}, depth + 1);
    }
    case 'list': {
      const inside: MessageReader = [undefined, listReader('items', schema.items)];
      return (r, depth) => readMessage(inside, r, { items: [] }, depth + 1)['items'];
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
      return (r) => single(r, () => r.text(), 2) || '0';
    case 'duration':
      return (r) => formatDuration(single(r, () => r.varint(), 0) ?? 0);
    case 'intOrString':
      return intOrString;
    case 'time':
      return (r) => time(r, false);
    case 'microTime':
      return (r) => time(r, true);
    case 'any':
      return schema.union ? unionReader(schema.union.or, schema.union.schema) : (r) => embeddedJson(single(r, () => r.bytes(), 2));
  }
}

/** Field 1 of a message that has no other. */
function single<T>(r: ProtobufReader, read: () => T, wireType: number): T | undefined {
  let value: T | undefined;
  eachField(r, (tag) => {
    if (tag >>> 3 !== 1) return false;
    expect(tag, wireType);
    value = read();
    return true;
  });
  return value;
}

function embeddedJson(raw: Uint8Array | undefined): Json | undefined {
  return raw === undefined || raw.length === 0 ? undefined : readJson(raw).value;
}

const varintTag = (number: number) => number * 8;
const bytesTag = (number: number) => number * 8 + 2;

function intOrString(r: ProtobufReader): Json {
  let [isText, number, text] = [false, 0, ''];
  eachField(r, (tag) => {
    if (tag === varintTag(1)) isText = r.varint() === 1;
    else if (tag === varintTag(2)) number = r.varint();
    else if (tag === bytesTag(3)) text = r.text();
    else return false;
    return true;
  });
  return isText ? text : number;
}

/** The last second of the year 9999. */
const maxSeconds = 253402300799;

function time(r: ProtobufReader, isMicro: boolean): Json | undefined {
  let [seconds, nanos, isEmptyMessage] = [0, 0, true];
  eachField(r, (tag) => {
    isEmptyMessage = false;
    if (tag === varintTag(1)) seconds = r.varint();
    else if (tag === varintTag(2)) nanos = r.varint();
    else return false;
    return true;
  });
  if (isEmptyMessage) return undefined;
  if (Math.abs(seconds) > maxSeconds || nanos < 0 || nanos > 999_999_999) throw new DecodeError(`proto: time out of range: ${seconds}.${nanos}`);
  return isMicro ? microTimeText(seconds, nanos) : timeText(seconds);
}

function unionReader(or: 'array' | 'bool' | 'stringArray', schema: ObjectSchema): ReadValue {
  const objectTag = bytesTag(or === 'bool' ? 2 : 1);
  return (r, depth) => {
    let object: Json | undefined;
    let allows = false;
    const list: Json[] = [];
    eachField(r, (tag) => {
      if (tag === objectTag) object = readMessage(readerOf(schema), r, {}, depth + 1);
      else if (or === 'bool' && tag === varintTag(1)) allows = r.varint() !== 0;
      else if (or === 'array' && tag === bytesTag(2)) list.push(readMessage(readerOf(schema), r, {}, depth + 1));
      else if (or === 'stringArray' && tag === bytesTag(2)) list.push(r.text());
      else return false;
      return true;
    });
    return object ?? (or === 'bool' ? allows : list);
  };
}
