import { setKey } from '../client-keys.ts';
import type { Json } from '../meta.ts';
import type { ScalarSchema } from '../schema.ts';
import { DecodeError } from './decode-error.ts';
import { canonicalQuantity } from './quantity-text.ts';
import { formatDuration, parseDuration } from './duration.ts';
import { normalizeMicroTime, normalizeTime } from './time.ts';

/** What Go calls a JSON value in its errors. */
export function describeJson(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** Of the wrong type: told apart from a wrong value, because its message names the field. */
export class TypeMismatch {
  readonly found: string;
  constructor(found: string) {
    this.found = found;
  }
}

const goNames: Readonly<Record<string, string>> = { double: 'float64', bytes: '[]uint8' };

export function goScalarType(schema: ScalarSchema): string {
  return schema.goType ?? goNames[schema.kind] ?? schema.kind;
}

function integer(value: Json, max: number): number | TypeMismatch {
  if (typeof value !== 'number') return new TypeMismatch(describeJson(value));
  if (!Number.isInteger(value) || value > max || value < -max - 1) return new TypeMismatch(`number ${value}`);
  return value === 0 ? 0 : value;
}

function intOrString(value: Json): number | string {
  if (typeof value === 'string') return value;
  const read = integer(value, 2147483647);
  if (read instanceof TypeMismatch) throw new DecodeError(`json: cannot unmarshal ${read.found} into Go value of type int32`);
  return read;
}

function text(value: Json): string {
  if (typeof value !== 'string') throw new DecodeError(`json: cannot unmarshal ${describeJson(value)} into Go value of type string`);
  return value;
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Whether a text is base64 of the standard alphabet, padded. */
export function isBase64(text: string): boolean {
  return base64.test(text);
}

/** Base64 as Go reads it: standard alphabet, padded, line ends skipped. Returns the canonical text. */
export function normalizeBase64(value: string): string {
  const stripped = /[\r\n]/.test(value) ? value.replace(/[\r\n]/g, '') : value;
  if (!base64.test(stripped)) {
    const bad = stripped.search(/[^A-Za-z0-9+/]/);
    throw new DecodeError(`illegal base64 data at input byte ${bad < 0 ? stripped.length - (stripped.length % 4) : bad}`);
  }
  if (!stripped.endsWith('=')) return stripped;
  // The bits that padding leaves over may be anything: canonical text has them zero.
  return Buffer.from(stripped, 'base64').toString('base64');
}

/**
 * One scalar of a built-in type, normalised as Go's round trip does (quantities, times, base64). A `TypeMismatch` is returned, for the
 * caller knows the field; other faults throw `DecodeError`. `value` is not null.
 */
export function decodeScalar(schema: ScalarSchema, value: Json): Json | TypeMismatch {
  switch (schema.kind) {
    case 'string':
      return typeof value === 'string' ? value : new TypeMismatch(describeJson(value));
    case 'bool':
      return typeof value === 'boolean' ? value : new TypeMismatch(describeJson(value));
    case 'int32':
      return integer(value, 2147483647);
    case 'int64':
      return integer(value, Number.MAX_SAFE_INTEGER);
    case 'double':
      return typeof value === 'number' ? value : new TypeMismatch(describeJson(value));
    case 'bytes':
      return typeof value === 'string' ? normalizeBase64(value) : new TypeMismatch(describeJson(value));
    case 'intOrString':
      return intOrString(value);
    case 'quantity':
      return canonicalQuantity(value);
    case 'time':
      return normalizeTime(text(value));
    case 'microTime':
      return normalizeMicroTime(text(value));
    case 'duration':
      return formatDuration(parseDuration(text(value)));
    case 'any':
      return copyJson(value);
  }
}

/** A deep copy; `__proto__` stays an ordinary key. */
export function copyJson(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(copyJson);
  const from = value as Readonly<Record<string, Json>>;
  const to: Record<string, Json> = {};
  for (const key of Object.keys(from)) {
    const copied = copyJson(from[key]!);
    setKey(to, key, copied);
  }
  return to;
}
