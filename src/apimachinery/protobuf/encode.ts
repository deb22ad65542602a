import { parseDuration } from '../decode/duration.ts';
import { timeParts } from '../decode/time.ts';
import { sortedKeys } from '../canonical-json.ts';
import type { FieldSchema, ObjectSchema, ScalarSchema, Schema } from '../schema.ts';
import { BackwardWriter } from './backward-writer.ts';
import { type MessagePlan, planOf } from './plan.ts';

type JsonObject = Readonly<Record<string, unknown>>;
/** Writes a message's fields, last number first. */
type WriteMessage = (w: BackwardWriter, object: JsonObject) => void;
/** Writes one value with its tag. The value is there. */
type WriteValue = (w: BackwardWriter, value: unknown) => void;

interface Slot {
  run: WriteMessage;
}

const slots = new WeakMap<ObjectSchema, Slot>();

function slotOf(schema: ObjectSchema): Slot {
  const known = slots.get(schema);
  if (known) return known;
  const slot: Slot = {
    run: (w, object) => {
      slot.run = messageWriter(planOf(schema));
      slot.run(w, object);
    },
  };
  slots.set(schema, slot);
  return slot;
}

/** Writes the message of a decoded object of a built-in type, kind and apiVersion not included. */
export function writeMessage(w: BackwardWriter, schema: ObjectSchema, object: object): void {
  slotOf(schema).run(w, object as JsonObject);
}

/** The protobuf message of a decoded object of a built-in type, without an envelope. */
export function encodeProtobuf(schema: ObjectSchema, object: object): Uint8Array<ArrayBuffer> {
  const w = new BackwardWriter();
  writeMessage(w, schema, object);
  return w.finish();
}

function messageWriter(plan: MessagePlan): WriteMessage {
  const steps = plan.items.toReversed().map((item): WriteMessage => {
    if (item.field) return fieldWriter(item.field, item.number);
    const inside = messageWriter(item.embedded);
    return (w, object) => {
      const before = w.length;
      inside(w, object);
      w.delimit(item.number, before);
    };
  });
  return (w, object) => {
    for (const step of steps) step(w, object);
  };
}

/** What Go writes for a field that is no pointer and has no value; undefined when nothing is written. */
function zeroValue(schema: Schema): unknown {
  switch (schema.kind) {
    case 'string':
      return '';
    case 'int32':
    case 'int64':
    case 'double':
    case 'intOrString':
      return 0;
    case 'bool':
      return false;
    case 'object':
      return {};
    case 'quantity':
      return '0';
    case 'time':
    case 'microTime':
      return '';
    case 'duration':
      return '0s';
    default:
      return undefined;
  }
}

function fieldWriter(field: FieldSchema, number: number): WriteMessage {
  const write = valueWriter(field.schema, number);
  const name = field.name;
  const zero = field.pointer ? undefined : zeroValue(field.schema);
  const isEmptyMessage = !field.pointer && field.schema.kind === 'any' && !field.schema.union && !field.schema.goType;
  return (w, object) => {
    const value = Object.hasOwn(object, name) ? object[name] : undefined;
    if (value !== undefined && value !== null) write(w, value);
    else if (zero !== undefined) write(w, zero);
    else if (isEmptyMessage) w.delimit(number, w.length);
  };
}

function valueWriter(schema: Schema, number: number): WriteValue {
  switch (schema.kind) {
    case 'object': {
      const slot = slotOf(schema);
      return (w, value) => {
        const before = w.length;
        slot.run(w, value as JsonObject);
        w.delimit(number, before);
      };
    }
    case 'list': {
      const item = valueWriter(schema.items, schema.wrapped ? 1 : number);
      return (w, value) => {
        const list = value as readonly unknown[];
        const before = w.length;
        for (let i = list.length - 1; i >= 0; i--) item(w, list[i]);
        if (schema.wrapped) w.delimit(number, before);
      };
    }
    case 'map': {
      const item = valueWriter(schema.values, 2);
      return (w, value) => {
        const map = value as JsonObject;
        for (const key of sortedKeys(map).reverse()) {
          const before = w.length;
          item(w, map[key]);
          w.stringField(1, key);
          w.delimit(number, before);
        }
      };
    }
    default:
      return scalarWriter(schema, number);
  }
}

function scalarWriter(schema: ScalarSchema, number: number): WriteValue {
  switch (schema.kind) {
    case 'string':
      return (w, value) => w.stringField(number, value as string);
    case 'int32':
    case 'int64':
      return (w, value) => w.varintField(number, value as number);
    case 'bool':
      return (w, value) => w.varintField(number, value === true ? 1 : 0);
    case 'double':
      return (w, value) => {
        w.double(value as number);
        w.tag(number, 1);
      };
    case 'bytes':
      return (w, value) => {
        const before = w.length;
        w.raw(Buffer.from(value as string, 'base64'));
        w.delimit(number, before);
      };
    default: {
      const inside = scalarMessage(schema);
      return (w, value) => {
        const before = w.length;
        inside(w, value);
        w.delimit(number, before);
      };
    }
  }
}

/** Scalars of JSON that are messages in protobuf. */
function scalarMessage(schema: ScalarSchema): WriteValue {
  switch (schema.kind) {
    case 'quantity':
      return (w, value) => w.stringField(1, String(value));
    case 'intOrString':
      return (w, value) => {
        const isText = typeof value === 'string';
        w.stringField(3, isText ? value : '');
        w.varintField(2, isText ? 0 : (value as number));
        w.varintField(1, isText ? 1 : 0);
      };
    case 'duration':
      return (w, value) => w.varintField(1, parseDuration(value as string));
    case 'time':
    case 'microTime':
      return (w, value) => {
        // The zero time is an empty message.
        if (value === '') return;
        const { seconds, nanos } = timeParts(value as string);
        w.varintField(2, nanos);
        w.varintField(1, seconds);
      };
    default:
      return schema.union ? unionMessage(schema.union.or, schema.union.schema) : (w, value) => w.stringField(1, JSON.stringify(value));
  }
}

function unionMessage(or: 'array' | 'bool' | 'stringArray', schema: ObjectSchema): WriteValue {
  const slot = slotOf(schema);
  const nested = (w: BackwardWriter, number: number, value: unknown) => {
    const before = w.length;
    slot.run(w, value as JsonObject);
    w.delimit(number, before);
  };
  return (w, value) => {
    if (or === 'bool') {
      if (typeof value !== 'boolean') nested(w, 2, value);
      // A schema alone allows what it describes.
      w.varintField(1, value === false ? 0 : 1);
      return;
    }
    if (!Array.isArray(value)) return nested(w, 1, value);
    for (const item of (value as unknown[]).toReversed()) {
      if (or === 'array') nested(w, 2, item);
      else w.stringField(2, item as string);
    }
  };
}
