import { compileCode } from './compile-code.ts';
import type { ObjectSchema, Schema } from './schema.ts';

type Write = (value: Readonly<Record<string, unknown>>) => string;

interface Slot {
  run: Write;
}

const writers = new WeakMap<ObjectSchema, Slot>();

function slotOf(schema: ObjectSchema): Slot {
  const known = writers.get(schema);
  if (known) return known;
  const slot: Slot = {
    run: (value) => {
      slot.run = compile(schema);
      return slot.run(value);
    },
  };
  writers.set(schema, slot);
  return slot;
}

const quotedOnly = /["\\\p{Cc}\p{Cs}]/u;

/** A JSON string. Most need no escapes, and a test is cheaper than a call of JSON.stringify. */
function quote(text: string): string {
  return quotedOnly.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/** By code point, which is the order of the UTF-8 bytes; JavaScript's own order differs for surrogates. */
function byteOrder(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    const bothAbove = x >= 0xd800 && y >= 0xd800;
    if (!bothAbove) return x - y;
    const isSurrogate = (c: number) => c <= 0xdfff;
    return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}

/** Own keys with a value, in the order of their bytes. */
export function sortedKeys(object: Readonly<Record<string, unknown>>): string[] {
  const keys = Object.keys(object).filter((key) => object[key] !== undefined);
  return keys.length < 2 ? keys : keys.sort(byteOrder);
}

/** JSON with the keys of all objects sorted. */
export function sortedJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  const object = value as Readonly<Record<string, unknown>>;
  return `{${sortedKeys(object)
    .map((key) => `${quote(key)}:${sortedJson(object[key])}`)
    .join(',')}}`;
}

const runtime = { quote, sortedKeys, sortedJson, stringify: (value: unknown) => JSON.stringify(value) ?? 'null' };

/**
 * The canonical JSON text of an object: fields in the schema's order, keys of maps in the order of their bytes, nothing for undefined. What
 * the schema does not know is left out of built-in types, and follows sorted in custom kinds. The value must have been decoded.
 */
export function canonicalJson(schema: ObjectSchema, object: object): string {
  return slotOf(schema).run(object as Readonly<Record<string, unknown>>);
}

function compile(schema: ObjectSchema): Write {
  const constants: unknown[] = [];
  let variables = 0;
  const constant = (value: unknown) => `K[${constants.push(value) - 1}]`;
  const variable = () => `t${variables++}`;

  /** Statements that append `from` to `s`. */
  const emit = (of: Schema, from: string): string => {
    switch (of.kind) {
      case 'object':
        return `s += typeof ${from} === 'object' && ${from} !== null && !Array.isArray(${from}) ? ${constant(slotOf(of))}.run(${from}) : sortedJson(${from});`;
      case 'list': {
        const [i, item] = [variable(), variable()];
        return `if (!Array.isArray(${from})) s += sortedJson(${from}); else { s += '['; for (let ${i} = 0; ${i} < ${from}.length; ${i}++) { const ${item} = ${from}[${i}]; if (${i} > 0) s += ','; ${emit(of.items, item)} } s += ']'; }`;
      }
      case 'map': {
        const [keys, i, item] = [variable(), variable(), variable()];
        return `if (typeof ${from} !== 'object' || ${from} === null) s += sortedJson(${from}); else { const ${keys} = sortedKeys(${from}); s += '{'; for (let ${i} = 0; ${i} < ${keys}.length; ${i}++) { const ${item} = ${from}[${keys}[${i}]]; if (${i} > 0) s += ','; s += quote(${keys}[${i}]) + ':'; ${emit(of.values, item)} } s += '}'; }`;
      }
      case 'any':
        return of.union ? `s += sortedJson(${from});` : `s += stringify(${from});`;
      default:
        return `s += typeof ${from} === 'string' ? quote(${from}) : sortedJson(${from});`;
    }
  };

  const isBuiltin = schema.name !== '';
  const fields = [...schema.fields.values()].map((field) => {
    const key = JSON.stringify(field.name);
    const present = isBuiltin ? 'x !== undefined && x !== null' : 'x !== undefined';
    const read = field.name in Object.prototype ? `Object.hasOwn(v, ${key}) ? v[${key}] : undefined` : `v[${key}]`;
    return `x = ${read}; if (${present}) { s += s.length === 1 ? ${JSON.stringify(`${key}:`)} : ${JSON.stringify(`,${key}:`)}; ${emit(field.schema, 'x')} }`;
  });
  const known = constant(schema.fields);
  const rest = isBuiltin
    ? ''
    : `for (const k of sortedKeys(v)) if (!${known}.has(k)) { if (s.length > 1) s += ','; s += quote(k) + ':' + sortedJson(v[k]); }`;
  const body = `let s = '{', x; ${fields.join('\n')} ${rest} return s + '}';`;
  return compileCode<Write, typeof runtime>(`const { quote, sortedKeys, sortedJson, stringify } = R; return (v) => { ${body} };`, runtime, constants);
}
