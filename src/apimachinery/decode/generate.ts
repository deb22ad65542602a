import { setKey } from '../client-keys.ts';
import { compileCode } from '../compile-code.ts';
import type { Json } from '../meta.ts';
import type { FieldSchema, ObjectSchema, ScalarSchema, Schema } from '../schema.ts';
import { canonicalQuantity } from './quantity-text.ts';
import { copyJson, decodeScalar } from './scalars.ts';
import { dropsEmpty, isEmpty, showsZero, zeroOf } from './walk.ts';

/** Decodes sound input; undefined when anything is amiss, for the walker to find out what. */
export type FastDecoder = (input: Json) => Record<string, Json> | undefined;

type Decode = (value: unknown) => Record<string, Json>;

/** One schema's function, made when it is first called: types are recursive and most are never used. */
interface Slot {
  run: Decode;
}

/** What the generated code gives up with. One object: nobody looks at it. */
const amiss = new Error('for the walker');

const runtime = {
  amiss,
  copy: copyJson,
  setKey,
  quantity: canonicalQuantity,
};

const decoders: readonly [WeakMap<ObjectSchema, Slot>, WeakMap<ObjectSchema, Slot>] = [new WeakMap(), new WeakMap()];

function slotOf(schema: ObjectSchema, defaults: boolean): Slot {
  const known = decoders[defaults ? 1 : 0];
  const found = known.get(schema);
  if (found) return found;
  const slot: Slot = {
    run: (value) => {
      slot.run = new Emitter(defaults).compile(schema);
      return slot.run(value);
    },
  };
  known.set(schema, slot);
  return slot;
}

/** The decoder of a schema by generated code, four times as fast as walking the table (an object of 100 fields: 4 against 19 µs). */
export function fastDecoder(schema: ObjectSchema, defaults: boolean): FastDecoder {
  const slot = slotOf(schema, defaults);
  return (input) => {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) return undefined;
    try {
      return slot.run(input);
    } catch {
      return undefined;
    }
  };
}

const inherited = new Set(Object.getOwnPropertyNames(Object.prototype));

/** Writes the source of one schema's function. Names of fields appear in it as JSON strings only. */
class Emitter {
  readonly #defaults: boolean;
  readonly #constants: unknown[] = [];
  #variables = 0;

  constructor(defaults: boolean) {
    this.#defaults = defaults;
  }

  compile(schema: ObjectSchema): Decode {
    const body = schema.name === '' ? this.#structural(schema) : this.#struct(schema);
    return compileCode<Decode, typeof runtime>(`const { amiss, copy, setKey } = R; return (v) => { ${body} };`, runtime, this.#constants);
  }

  #constant(value: unknown): string {
    return `K[${this.#constants.push(value) - 1}]`;
  }

  #variable(): string {
    return `t${this.#variables++}`;
  }

  #struct(schema: ObjectSchema): string {
    const fields = [...schema.fields.values()].map((field) => {
      const key = JSON.stringify(field.name);
      const value = this.#value(field.schema, 'x', 'y');
      const absent = this.#absent(field);
      const empty = dropsEmpty(field) ? emptyTest(field.schema) : '';
      const keep = empty === '' ? `o[${key}] = y;` : `if (${empty}) { ${absent} } else o[${key}] = y;`;
      return `x = ${read(field.name)}; if (x !== undefined) n++; if (x !== undefined && x !== null) { ${value} ${keep} } else { ${absent} }`;
    });
    return `let n = 0, x, y; const o = {}; ${fields.join('\n')}\nfor (const k in v) if (v[k] !== undefined) n--; if (n !== 0) throw amiss; return o;`;
  }

  #absent(field: FieldSchema): string {
    const key = JSON.stringify(field.name);
    if (this.#defaults && field.default !== undefined) {
      const shown = !dropsEmpty(field) || !isEmpty(field.schema, field.default);
      return shown ? `o[${key}] = copy(${this.#constant(field.default)});` : '';
    }
    if (field.pointer) return '';
    if (field.schema.kind === 'object') return `o[${key}] = ${this.#constant(slotOf(field.schema, this.#defaults))}.run({});`;
    const zero = showsZero(field) ? zeroOf(field.schema) : undefined;
    return zero === undefined ? '' : `o[${key}] = ${JSON.stringify(zero)};`;
  }

  /** Statements that read `from`, which is not null, into `to`. */
  #value(schema: Schema, from: string, to: string): string {
    switch (schema.kind) {
      case 'object':
        return `if (typeof ${from} !== 'object' || ${from} === null || Array.isArray(${from})) throw amiss; ${to} = ${this.#constant(slotOf(schema, this.#defaults))}.run(${from});`;
      case 'list': {
        const [list, i, item, out] = [this.#variable(), this.#variable(), this.#variable(), this.#variable()];
        const body = this.#value(schema.items, item, out);
        return `if (!Array.isArray(${from})) throw amiss; const ${list} = []; for (let ${i} = 0; ${i} < ${from}.length; ${i}++) { const ${item} = ${from}[${i}]; let ${out}; if (${item} === null) throw amiss; ${body} ${list}.push(${out}); } ${to} = ${list};`;
      }
      case 'map': {
        const [map, key, item, out] = [this.#variable(), this.#variable(), this.#variable(), this.#variable()];
        const body = this.#value(schema.values, item, out);
        return `if (typeof ${from} !== 'object' || ${from} === null || Array.isArray(${from})) throw amiss; const ${map} = {}; for (const ${key} in ${from}) { const ${item} = ${from}[${key}]; let ${out}; if (${item} === null) throw amiss; ${body} if (${key} === '__proto__') setKey(${map}, ${key}, ${out}); else ${map}[${key}] = ${out}; } ${to} = ${map};`;
      }
      default:
        return this.#scalar(schema, from, to);
    }
  }

  #scalar(schema: ScalarSchema, from: string, to: string): string {
    switch (schema.kind) {
      case 'string':
        return `if (typeof ${from} !== 'string') throw amiss; ${to} = ${from};`;
      case 'bool':
        return `if (typeof ${from} !== 'boolean') throw amiss; ${to} = ${from};`;
      case 'int32':
        return `if (typeof ${from} !== 'number' || (${from} | 0) !== ${from}) throw amiss; ${to} = ${from} | 0;`;
      case 'int64':
        return `if (!Number.isSafeInteger(${from})) throw amiss; ${to} = ${from} + 0;`;
      case 'double':
        return `if (typeof ${from} !== 'number') throw amiss; ${to} = ${from};`;
      case 'quantity':
        return `${to} = R.quantity(${from});`;
      case 'any':
        return schema.union ? this.#union(schema, from, to) : `${to} = copy(${from});`;
      default:
        return `${to} = ${this.#constant(checked(schema))}(${from});`;
    }
  }

  #union(schema: ScalarSchema, from: string, to: string): string {
    const { or, schema: of } = schema.union!;
    const slot = this.#constant(slotOf(of, this.#defaults));
    const boolean = or === 'bool' ? `if (typeof ${from} === 'boolean') ${to} = ${from}; else ` : '';
    return `${boolean}if (typeof ${from} === 'object' && !Array.isArray(${from})) ${to} = ${slot}.run(${from}); else throw amiss;`;
  }

  #structural(schema: ObjectSchema): string {
    const fields = [...schema.fields.values()].map((field) => {
      const lacks = field.schema.nullable ? 'x === undefined' : 'x === undefined || x === null';
      const fill = this.#defaults && field.default !== undefined ? `if (${lacks}) x = ${this.#constant(field.default)};` : '';
      const put = field.name === '__proto__' ? `setKey(o, '__proto__', y);` : `o[${JSON.stringify(field.name)}] = y;`;
      return `x = ${read(field.name)}; if (x !== undefined) n++; ${fill} if (x !== undefined) { ${this.#lenient(field.schema, 'x', 'y')} ${put} }`;
    });
    const known = this.#constant(schema.fields);
    const keeps = schema.preserveUnknownFields ? 'true' : `(k === 'apiVersion' || k === 'kind' || k === 'metadata')`;
    const rest =
      schema.preserveUnknownFields || schema.embeddedResource
        ? `for (const k in v) { if (v[k] === undefined) continue; n--; if (!${known}.has(k) && ${keeps}) { n++; setKey(o, k, copy(v[k])); } }`
        : 'for (const k in v) if (v[k] !== undefined) n--;';
    return `let n = 0, x, y; const o = {}; ${fields.join('\n')}\n${rest} if (n !== 0) throw amiss; return o;`;
  }

  /** As `#value`, leaving what is of the wrong type as it is. */
  #lenient(schema: Schema, from: string, to: string): string {
    const isObject = `typeof ${from} === 'object' && ${from} !== null && !Array.isArray(${from})`;
    switch (schema.kind) {
      case 'object': {
        const run = `${to} = ${this.#constant(slotOf(schema, this.#defaults))}.run(${from});`;
        if (schema.name !== '') return `if (${from} === null) ${to} = null; else { if (!(${isObject})) throw amiss; ${run} }`;
        return `if (${isObject}) ${run} else ${to} = copy(${from});`;
      }
      case 'list': {
        const [list, i, item, out] = [this.#variable(), this.#variable(), this.#variable(), this.#variable()];
        return `if (Array.isArray(${from})) { const ${list} = []; for (let ${i} = 0; ${i} < ${from}.length; ${i}++) { const ${item} = ${from}[${i}]; let ${out}; ${this.#lenient(schema.items, item, out)} ${list}.push(${out}); } ${to} = ${list}; } else ${to} = copy(${from});`;
      }
      case 'map': {
        const [map, key, item, out] = [this.#variable(), this.#variable(), this.#variable(), this.#variable()];
        return `if (${isObject}) { const ${map} = {}; for (const ${key} in ${from}) { const ${item} = ${from}[${key}]; let ${out}; ${this.#lenient(schema.values, item, out)} setKey(${map}, ${key}, ${out}); } ${to} = ${map}; } else ${to} = copy(${from});`;
      }
      default:
        return `${to} = copy(${from});`;
    }
  }
}

function read(name: string): string {
  const key = JSON.stringify(name);
  return inherited.has(name) ? `Object.hasOwn(v, ${key}) ? v[${key}] : undefined` : `v[${key}]`;
}

function emptyTest(schema: Schema): string {
  switch (schema.kind) {
    case 'list':
      return 'y.length === 0';
    case 'map':
      return 'Object.keys(y).length === 0';
    case 'string':
    case 'bytes':
      return `y === ''`;
    case 'int32':
    case 'int64':
    case 'double':
      return 'y === 0';
    case 'bool':
      return 'y === false';
    case 'intOrString':
      return `y === 0 || y === ''`;
    default:
      return '';
  }
}

/** A scalar read by the plain code, a mismatch turned into giving up. */
function checked(schema: ScalarSchema): (value: Json) => Json {
  return (value) => {
    const read = decodeScalar(schema, value);
    if (typeof read === 'object' && read !== null) throw amiss;
    return read as Json;
  };
}
