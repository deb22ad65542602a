import { setKey } from '../client-keys.ts';
import type { Json } from '../meta.ts';
import type { FieldSchema, ListSchema, MapSchema, ObjectSchema, ScalarSchema, Schema } from '../schema.ts';
import { DecodeError } from './decode-error.ts';
import { TypeMismatch, copyJson, decodeScalar, describeJson, goScalarType } from './scalars.ts';

type JsonObject = Readonly<Record<string, Json>>;
type OwnedObject = Record<string, Json>;

/** Upstream keeps no more strict errors than this. */
const maxStrictErrors = 100;

/** How far the walk has come: the Go struct and the JSON names above, for type errors; the path with indices, for unknown fields. */
interface Place {
  readonly struct: string;
  readonly names: string;
  readonly path: string;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `v1.Pod` of `io.k8s.api.core.v1.Pod`. */
function goStruct(name: string): string {
  return name.split('.').slice(-2).join('.');
}

export function goType(schema: Schema): string {
  switch (schema.kind) {
    case 'object':
      return goStruct(schema.name);
    case 'list':
      return `[]${goType(schema.items)}`;
    case 'map':
      return schema.values.kind === 'quantity' ? 'v1.ResourceList' : `map[string]${goType(schema.values)}`;
    case 'quantity':
      return 'resource.Quantity';
    default:
      return goScalarType(schema);
  }
}

/** The value a required field has in Go when nothing was given; undefined where JSON would show null. */
export function zeroOf(schema: Schema): Json | undefined {
  switch (schema.kind) {
    case 'string':
    case 'bytes':
      return '';
    case 'int32':
    case 'int64':
    case 'double':
    case 'intOrString':
      return 0;
    case 'bool':
      return false;
    case 'quantity':
      return '0';
    case 'duration':
      return '0s';
    case 'list':
      return [];
    case 'map':
      return {};
    default:
      return undefined;
  }
}

/** Whether Go's JSON shows a field that was not given: a required one, and a quantity (a struct that writes `"0"`), pointers never. */
export function showsZero(field: FieldSchema): boolean {
  return !field.pointer && (field.required || field.showsZero === true || field.schema.kind === 'quantity');
}

/** Whether an empty value of the field is no value in Go's JSON. */
export function dropsEmpty(field: FieldSchema): boolean {
  return !field.required && !field.pointer && field.showsZero !== true;
}

/** Go's `omitempty`: what a field that is optional and no pointer does not show. Structs are always shown. */
export function isEmpty(schema: Schema, value: Json): boolean {
  switch (schema.kind) {
    case 'list':
      return (value as readonly Json[]).length === 0;
    case 'map':
      return Object.keys(value as object).length === 0;
    case 'string':
    case 'bytes':
      return value === '';
    case 'int32':
    case 'int64':
    case 'double':
      return value === 0;
    case 'bool':
      return value === false;
    case 'intOrString':
      return value === 0 || value === '';
    default:
      return false;
  }
}

/** The fields of an object that holds a whole API object, whatever its schema says of them. */
const embedded: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/**
 * Decoding by walking the schema: the plain form, which finds every fault. Generated code does the same for sound input and is checked
 * against this one.
 */
export class Walker {
  readonly strictErrors: string[] = [];
  readonly #defaults: boolean;

  constructor(defaults: boolean) {
    this.#defaults = defaults;
  }

  decode(schema: ObjectSchema, input: Json): OwnedObject {
    const place: Place = { struct: '', names: '', path: '' };
    if (!isObject(input)) throw mismatch(new TypeMismatch(describeJson(input)), schema, place);
    const decoded = this.#object(schema, input, place);
    this.#findUnknown(schema, input, '');
    return decoded;
  }

  #value(schema: Schema, value: Json, place: Place): Json {
    switch (schema.kind) {
      case 'object':
        if (!isObject(value)) throw mismatch(new TypeMismatch(describeJson(value)), schema, place);
        return this.#object(schema, value, place);
      case 'list':
        return this.#list(schema, value, place);
      case 'map':
        return this.#map(schema, value, place);
      default:
        return this.#scalar(schema, value, place);
    }
  }

  #scalar(schema: ScalarSchema, value: Json, place: Place): Json {
    if (schema.union) return this.#union(schema, value, place);
    const read = decodeScalar(schema, value);
    if (read instanceof TypeMismatch) throw mismatch(read, schema, place);
    return read;
  }

  #union(schema: ScalarSchema, value: Json, place: Place): Json {
    const { or, schema: of } = schema.union!;
    if (isObject(value)) return this.#object(of, value, { ...place, struct: '', names: '' });
    if (or === 'bool' && typeof value === 'boolean') return value;
    if (Array.isArray(value) && or === 'array') return value.map((item: Json) => this.#value(of, item, { ...place, struct: '', names: '' }));
    if (Array.isArray(value) && or === 'stringArray')
      return value.map((item: Json) => this.#value({ kind: 'string' }, item, { ...place, struct: '', names: '' }));
    throw new DecodeError(or === 'bool' ? 'boolean or JSON schema expected' : 'unable to unmarshal');
  }

  #list(schema: ListSchema, value: Json, place: Place): Json {
    if (!Array.isArray(value)) throw mismatch(new TypeMismatch(describeJson(value)), schema, place);
    return (value as readonly Json[]).map((item) => {
      if (item !== null) return this.#value(schema.items, item, place);
      return schema.items.kind === 'object' ? this.#object(schema.items, {}, place) : (zeroOf(schema.items) ?? null);
    });
  }

  #map(schema: MapSchema, value: Json, place: Place): Json {
    if (!isObject(value)) throw mismatch(new TypeMismatch(describeJson(value)), schema, place);
    const result: OwnedObject = {};
    for (const key of Object.keys(value)) {
      const item = value[key] ?? null;
      if (item !== null) setKey(result, key, this.#value(schema.values, item, place));
      else setKey(result, key, schema.values.kind === 'object' ? this.#object(schema.values, {}, place) : (zeroOf(schema.values) ?? null));
    }
    return result;
  }

  #object(schema: ObjectSchema, input: JsonObject, place: Place): OwnedObject {
    return schema.name === '' ? this.#structural(schema, input, place) : this.#struct(schema, input, place);
  }

  #struct(schema: ObjectSchema, input: JsonObject, above: Place): OwnedObject {
    const result: OwnedObject = {};
    const struct = goStruct(schema.name).split('.')[1]!;
    for (const field of schema.fields.values()) {
      const place: Place = { struct, names: above.names === '' ? field.name : `${above.names}.${field.name}`, path: '' };
      const given = (Object.hasOwn(input, field.name) ? input[field.name] : null) ?? null;
      const value = given === null ? this.#absent(field, place) : this.#value(field.schema, given, place);
      if (value === undefined) continue;
      if (dropsEmpty(field) && isEmpty(field.schema, value)) {
        // An empty value of such a field is no value: a default takes its place.
        const filled = this.#absent(field, place);
        if (filled !== undefined && !isEmpty(field.schema, filled)) result[field.name] = filled;
        continue;
      }
      result[field.name] = value;
    }
    return result;
  }

  #absent(field: FieldSchema, place: Place): Json | undefined {
    if (this.#defaults && field.default !== undefined) return copyJson(field.default);
    if (field.schema.kind === 'object') return field.pointer ? undefined : this.#object(field.schema, {}, place);
    return showsZero(field) ? zeroOf(field.schema) : undefined;
  }

  /** A custom kind: pruned and defaulted; what is of the wrong type stays as it is, for validation to name. */
  #structural(schema: ObjectSchema, input: JsonObject, place: Place): OwnedObject {
    const result: OwnedObject = {};
    for (const field of schema.fields.values()) {
      let value = Object.hasOwn(input, field.name) ? input[field.name] : undefined;
      if (this.#defaults && field.default !== undefined && (value === undefined || (value === null && !field.schema.nullable))) value = field.default;
      if (value !== undefined) setKey(result, field.name, this.#lenient(field.schema, value, place));
    }
    if (!schema.preserveUnknownFields && !schema.embeddedResource) return result;
    for (const key of Object.keys(input)) {
      if (input[key] !== undefined && !schema.fields.has(key) && (schema.preserveUnknownFields || embedded.has(key)))
        setKey(result, key, copyJson(input[key]!));
    }
    return result;
  }

  #lenient(schema: Schema, value: Json, place: Place): Json {
    if (schema.kind === 'object') {
      if (schema.name !== '') return value === null ? value : this.#value(schema, value, place);
      return isObject(value) ? this.#structural(schema, value, place) : copyJson(value);
    }
    if (schema.kind === 'list')
      return Array.isArray(value) ? (value as readonly Json[]).map((item) => this.#lenient(schema.items, item, place)) : copyJson(value);
    if (schema.kind === 'map' && isObject(value)) {
      const result: OwnedObject = {};
      for (const key of Object.keys(value)) setKey(result, key, this.#lenient(schema.values, value[key]!, place));
      return result;
    }
    return copyJson(value);
  }

  /** In the order of the body, as upstream reports them. */
  #findUnknown(schema: Schema, value: Json | undefined, path: string): void {
    if (value === null || value === undefined || this.strictErrors.length >= maxStrictErrors) return;
    if (schema.kind === 'list') {
      if (Array.isArray(value)) (value as readonly Json[]).forEach((item, i) => this.#findUnknown(schema.items, item, `${path}[${i}]`));
      return;
    }
    if (schema.kind === 'map') {
      if (isObject(value)) for (const key of Object.keys(value)) this.#findUnknown(schema.values, value[key]!, path === '' ? key : `${path}.${key}`);
      return;
    }
    if (schema.kind === 'any' && schema.union) {
      if (isObject(value)) this.#findUnknown(schema.union.schema, value, path);
      else if (schema.union.or === 'array' && Array.isArray(value))
        (value as readonly Json[]).forEach((item, i) => this.#findUnknown(schema.union!.schema, item, `${path}[${i}]`));
      return;
    }
    if (schema.kind !== 'object' || !isObject(value)) return;
    for (const key of Object.keys(value)) {
      if (value[key] === undefined) continue;
      const at = path === '' ? key : `${path}.${key}`;
      const field = schema.fields.get(key);
      if (field) this.#findUnknown(field.schema, value[key], at);
      else if (!schema.preserveUnknownFields && !(schema.embeddedResource && embedded.has(key)) && this.strictErrors.length < maxStrictErrors) {
        this.strictErrors.push(`unknown field "${at}"`);
      }
    }
  }
}

function mismatch(found: TypeMismatch, schema: Schema, place: Place): DecodeError {
  const into = place.struct === '' ? 'Go value' : `Go struct field ${place.struct}.${place.names}`;
  return new DecodeError(`json: cannot unmarshal ${found.found} into ${into} of type ${goType(schema)}`);
}
