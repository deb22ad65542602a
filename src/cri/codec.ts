import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { setKey } from '../apimachinery/index.ts';
import { assert } from '../base/index.ts';

/** A decoded message, or one to encode: its fields by their camelCase names. */
export type MessageValue = Readonly<Record<string, unknown>>;

interface Field {
  readonly name: string;
  readonly number: number;
  readonly type: string;
  readonly repeated: boolean;
  /** The numbers' names of an enum. */
  readonly names?: readonly string[];
  /** Full name of a message type. */
  readonly message?: string;
}

interface Message {
  readonly fields: readonly Field[];
  readonly byNumber: ReadonlyMap<number, Field>;
}

export interface Codec {
  /** Bytes of message `name` (full: `runtime.v1.VersionRequest`). Absent and undefined fields are left out, as are scalars of their zero value. */
  encode(name: string, value: MessageValue): Uint8Array;
  /**
   * Decodes, skipping unknown fields. Scalars, lists and maps that are absent hold their zero value, messages undefined; enums are their
   * upstream names, 64-bit integers numbers, and time stamps in nanoseconds bigints. Throws when the bytes are no such message.
   */
  decode(name: string, bytes: Uint8Array): MessageValue;
}

const scalars = new Set(['string', 'bytes', 'bool', 'int32', 'uint32', 'int64', 'uint64', 'double', 'nanos', 'map']);
const greatestDepth = 32;

/**
 * Reads tables of lines `package P`, `enum NAME VALUE…` (numbered from 0) and `message NAME FIELD:TYPE:NUMBER…`, where TYPE is a scalar,
 * `nanos` (int64, a time), `map` (string to string), or a type of the same package or of another by its full name; `[]` makes it repeated.
 */
export function makeCodec(...tables: readonly string[]): Codec {
  const messages = readTables(tables);
  const messageOf = (name: string): Message => {
    const message = messages.get(name);
    assert(message, `no message ${name} in the table`);
    return message;
  };
  return {
    encode: (name, value) => encodeInto(new BinaryWriter(), messageOf(name), { value, messageOf }).finish(),
    decode: (name, bytes) => decodeFrom(new BinaryReader(bytes), messageOf(name), { length: bytes.length, depth: 0, messageOf }),
  };
}

function readTables(tables: readonly string[]): Map<string, Message> {
  const enums = new Map<string, readonly string[]>();
  const drafts: { readonly name: string; readonly pkg: string; readonly fields: readonly string[] }[] = [];
  let pkg = '';
  for (const line of tables.join('\n').split('\n')) {
    const [word, name, ...rest] = line.split(' ');
    if (word === 'package') pkg = name!;
    if (word === 'enum') enums.set(`${pkg}.${name}`, rest);
    if (word === 'message') drafts.push({ name: `${pkg}.${name}`, pkg, fields: rest });
  }
  const messages = new Map<string, Message>();
  for (const draft of drafts) {
    const fields = draft.fields.map((text) => readField(text, draft.pkg, enums));
    messages.set(draft.name, { fields, byNumber: new Map(fields.map((f) => [f.number, f])) });
  }
  for (const [name, { fields }] of messages) {
    for (const f of fields) assert(!f.message || messages.has(f.message), `${name}.${f.name}: no type ${f.message}`);
  }
  return messages;
}

function readField(text: string, pkg: string, enums: ReadonlyMap<string, readonly string[]>): Field {
  const [name, typeText, number] = text.split(':');
  assert(name && typeText && number, `bad field ${text}`);
  const repeated = typeText.endsWith('[]');
  const type = repeated ? typeText.slice(0, -2) : typeText;
  const base = { name, number: Number(number), type, repeated };
  if (scalars.has(type)) return base;
  const local = enums.get(`${pkg}.${type}`);
  if (local) return { ...base, type: 'enum', names: local };
  const absolute = /^(containerd|google)\./.test(type);
  return { ...base, type: 'message', message: absolute ? type : `${pkg}.${type}` };
}

type MessageOf = (name: string) => Message;

function encodeInto(writer: BinaryWriter, message: Message, ctx: { readonly value: MessageValue; readonly messageOf: MessageOf }): BinaryWriter {
  for (const field of message.fields) {
    const value = ctx.value[field.name];
    if (value === undefined || value === null) continue;
    if (field.type === 'map') {
      for (const [k, v] of Object.entries(value as Record<string, string>)) {
        writer.tag(field.number, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string(k);
        writer.tag(2, WireType.LengthDelimited).string(v).join();
      }
    } else if (field.repeated) {
      for (const one of value as readonly unknown[]) encodeOne(writer, field, { value: one, messageOf: ctx.messageOf });
    } else if (!isZero(field, value)) {
      encodeOne(writer, field, { value, messageOf: ctx.messageOf });
    }
  }
  return writer;
}

function isZero(field: Field, value: unknown): boolean {
  if (field.type === 'message') return false;
  if (field.type === 'enum') return value === field.names?.[0];
  if (field.type === 'bytes') return (value as Uint8Array).length === 0;
  return value === '' || value === 0 || value === 0n || value === false;
}

function encodeOne(writer: BinaryWriter, field: Field, ctx: { readonly value: unknown; readonly messageOf: MessageOf }): void {
  const { value } = ctx;
  const tag = (wire: WireType) => writer.tag(field.number, wire);
  switch (field.type) {
    case 'string':
      return void tag(WireType.LengthDelimited).string(value as string);
    case 'bytes':
      return void tag(WireType.LengthDelimited).bytes(value as Uint8Array);
    case 'bool':
      return void tag(WireType.Varint).bool(value as boolean);
    case 'int32':
      return void tag(WireType.Varint).int32(value as number);
    case 'uint32':
      return void tag(WireType.Varint).uint32(value as number);
    case 'int64':
    case 'nanos':
      return void tag(WireType.Varint).int64(value as number);
    case 'uint64':
      return void tag(WireType.Varint).uint64(value as number);
    case 'double':
      return void tag(WireType.Bit64).double(value as number);
    case 'enum': {
      const number = field.names!.indexOf(value as string);
      assert(number >= 0, `${field.name}: no value ${String(value)}`);
      return void tag(WireType.Varint).int32(number);
    }
    default:
      tag(WireType.LengthDelimited).fork();
      encodeInto(writer, ctx.messageOf(field.message!), { value: value as MessageValue, messageOf: ctx.messageOf }).join();
  }
}

interface DecodeContext {
  readonly length: number;
  readonly depth: number;
  readonly messageOf: MessageOf;
}

function decodeFrom(reader: BinaryReader, message: Message, ctx: DecodeContext): MessageValue {
  if (ctx.depth > greatestDepth) throw new Error('message nested too deeply');
  const end = reader.pos + ctx.length;
  if (end > reader.len) throw new Error('message is cut off');
  const result: Record<string, unknown> = {};
  for (const f of message.fields) if (f.type !== 'message' || f.repeated) result[f.name] = zeroOf(f);
  while (reader.pos < end) {
    const [number, wire] = reader.tag();
    const field = message.byNumber.get(number);
    if (!field) reader.skip(wire, number);
    else if (field.type === 'map') decodeEntry(reader, result[field.name] as Record<string, string>);
    else if (!field.repeated) result[field.name] = decodeOne(reader, field, ctx);
    else decodeRepeated(reader, field, { ...ctx, wire, list: result[field.name] as unknown[] });
  }
  if (reader.pos !== end) throw new Error('message is cut off');
  return result;
}

function decodeRepeated(reader: BinaryReader, field: Field, ctx: DecodeContext & { readonly wire: WireType; readonly list: unknown[] }): void {
  const packed = ctx.wire === WireType.LengthDelimited && !['string', 'bytes', 'message'].includes(field.type);
  if (!packed) return void ctx.list.push(decodeOne(reader, field, ctx));
  const length = reader.uint32();
  const end = reader.pos + length;
  while (reader.pos < end) ctx.list.push(decodeOne(reader, field, ctx));
}

function zeroOf(field: Field): unknown {
  if (field.repeated) return [];
  switch (field.type) {
    case 'map':
      return {};
    case 'string':
      return '';
    case 'bytes':
      return new Uint8Array(0);
    case 'bool':
      return false;
    case 'nanos':
      return 0n;
    case 'enum':
      return field.names![0];
    default:
      return 0;
  }
}

function decodeEntry(reader: BinaryReader, target: Record<string, string>): void {
  const length = reader.uint32();
  const end = reader.pos + length;
  let key = '';
  let value = '';
  while (reader.pos < end) {
    const [number, wire] = reader.tag();
    if (number === 1) key = reader.string();
    else if (number === 2) value = reader.string();
    else reader.skip(wire, number);
  }
  setKey(target, key, value);
}

function decodeOne(reader: BinaryReader, field: Field, ctx: DecodeContext): unknown {
  switch (field.type) {
    case 'string':
      return reader.string();
    case 'bytes':
      return reader.bytes();
    case 'bool':
      return reader.bool();
    case 'int32':
      return reader.int32();
    case 'uint32':
      return reader.uint32();
    case 'int64':
      return Number(reader.int64());
    case 'uint64':
      return Number(reader.uint64());
    case 'nanos':
      return BigInt(reader.int64());
    case 'double':
      return reader.double();
    case 'enum': {
      const number = reader.int32();
      return field.names![number] ?? String(number);
    }
    default: {
      const length = reader.uint32();
      return decodeFrom(reader, ctx.messageOf(field.message!), { length, depth: ctx.depth + 1, messageOf: ctx.messageOf });
    }
  }
}
