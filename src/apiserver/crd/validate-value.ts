import { equalJson, type FieldError, fieldError, getKey, isJsonObject, type Json } from '../../apimachinery/index.ts';
import { hasFormat } from './formats.ts';
import { matchesPattern } from './patterns.ts';
import { type JsonSchema, schemaAt } from './structural.ts';

const maxErrors = 100;

function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value === 'object' ? 'object' : typeof value;
}

function fits(type: string, value: Json): boolean {
  const actual = typeOf(value);
  return actual === type || (type === 'number' && actual === 'integer');
}

/** Checks a custom object against its version's schema: kube-openapi's rules and words. At most 100 errors. */
export function validateValue(value: Json, schema: JsonSchema, path = ''): readonly FieldError[] {
  const errors: FieldError[] = [];
  check(value, schema, { path, errors });
  return errors.slice(0, maxErrors);
}

interface At {
  readonly path: string;
  readonly errors: FieldError[];
}

const join = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);
const shownPath = (path: string) => (path === '' ? '<nil>' : path);

function invalid(at: At, value: Json, text: string): void {
  at.errors.push(fieldError.invalid(shownPath(at.path), value, `${at.path} in body ${text}`));
}

function check(value: Json, schema: JsonSchema, at: At): void {
  if (at.errors.length >= maxErrors) return;
  if (value === null && schema['nullable'] === true) return;
  if (!checkType(value, schema, at)) return;
  checkEnum(value, schema, at);
  if (typeof value === 'string') checkString(value, schema, at);
  else if (typeof value === 'number') checkNumber(value, schema, at);
  else if (Array.isArray(value)) checkArray(value as readonly Json[], schema, at);
  else if (isJsonObject(value)) checkObject(value, schema, at);
  checkJunctors(value, schema, at);
}

function checkType(value: Json, schema: JsonSchema, at: At): boolean {
  if (schema['x-kubernetes-int-or-string'] === true) {
    if (typeof value === 'string' || fits('integer', value)) return true;
    return mistyped(value, 'integer,string', at);
  }
  const type = schema['type'];
  if (typeof type !== 'string' || type === '') return true;
  return fits(type, value) || mistyped(value, type, at);
}

function mistyped(value: Json, wanted: string, at: At): boolean {
  const actual = typeOf(value);
  const text = `${at.path} in body must be of type ${wanted}: ${JSON.stringify(actual)}`;
  at.errors.push(fieldError.typeInvalid(shownPath(at.path), actual, text));
  return false;
}

function checkEnum(value: Json, schema: JsonSchema, at: At): void {
  const allowed = schema['enum'];
  if (!Array.isArray(allowed) || allowed.some((a: Json) => equalJson(a, value))) return;
  const texts = (allowed as readonly Json[]).map((a) => (typeof a === 'string' ? a : JSON.stringify(a)));
  at.errors.push(fieldError.notSupported(shownPath(at.path), value, texts));
}

function checkString(value: string, schema: JsonSchema, at: At): void {
  const { maxLength, minLength, pattern, format } = schema;
  const length = Array.from(value).length;
  if (typeof maxLength === 'number' && length > maxLength) {
    at.errors.push({
      type: 'FieldValueTooLong',
      field: shownPath(at.path),
      body: `Too long: may not be more than ${maxLength} ${maxLength === 1 ? 'byte' : 'bytes'}`,
    });
  }
  if (typeof minLength === 'number' && length < minLength) invalid(at, value, `should be at least ${minLength} chars long`);
  if (typeof pattern === 'string' && !matchesPattern(pattern, value)) invalid(at, value, `should match '${pattern}'`);
  if (typeof format === 'string' && !hasFormat(format, value)) {
    const text = `${at.path} in body must be of type ${format}: ${JSON.stringify(value)}`;
    at.errors.push(fieldError.typeInvalid(shownPath(at.path), value, text));
  }
}

function checkNumber(value: number, schema: JsonSchema, at: At): void {
  const { maximum, minimum, multipleOf, format } = schema;
  if (typeof maximum === 'number') {
    const exclusive = schema['exclusiveMaximum'] === true;
    if (exclusive ? value >= maximum : value > maximum) invalid(at, value, `should be less than ${exclusive ? '' : 'or equal to '}${maximum}`);
  }
  if (typeof minimum === 'number') {
    const exclusive = schema['exclusiveMinimum'] === true;
    if (exclusive ? value <= minimum : value < minimum) invalid(at, value, `should be greater than ${exclusive ? '' : 'or equal to '}${minimum}`);
  }
  if (typeof multipleOf === 'number' && multipleOf > 0) {
    const quotient = value / multipleOf;
    if (Math.abs(quotient - Math.round(quotient)) > 1e-9) invalid(at, value, `should be a multiple of ${multipleOf}`);
  }
  if (format === 'int32' && (value > 2147483647 || value < -2147483648)) invalid(at, value, `should be a valid int32`);
}

function checkArray(value: readonly Json[], schema: JsonSchema, at: At): void {
  const { maxItems, minItems } = schema;
  if (typeof maxItems === 'number' && value.length > maxItems) at.errors.push(fieldError.tooMany(shownPath(at.path), value.length, maxItems));
  if (typeof minItems === 'number' && value.length < minItems) invalid(at, value, `should have at least ${minItems} items`);
  if (schema['uniqueItems'] === true && value.some((a, i) => value.slice(0, i).some((b) => equalJson(a, b))))
    invalid(at, value, "shouldn't contain duplicates");
  const items = schemaAt(schema['items']);
  if (items) for (const [i, item] of value.entries()) check(item, items, { path: `${at.path}[${i}]`, errors: at.errors });
  checkListType(value, schema, at);
}

function checkListType(value: readonly Json[], schema: JsonSchema, at: At): void {
  const type = schema['x-kubernetes-list-type'];
  if (type !== 'set' && type !== 'map') return;
  const names = Array.isArray(schema['x-kubernetes-list-map-keys']) ? (schema['x-kubernetes-list-map-keys'] as readonly string[]) : [];
  const seen = new Set<string>();
  for (const [i, item] of value.entries()) {
    const key: Json = type === 'set' ? item : Object.fromEntries(names.map((n) => [n, (isJsonObject(item) ? getKey(item, n) : undefined) ?? null]));
    const text = JSON.stringify(key);
    if (seen.has(text)) at.errors.push(fieldError.duplicate(`${at.path}[${i}]`, key));
    seen.add(text);
  }
}

function checkObject(value: { readonly [key: string]: Json | undefined }, schema: JsonSchema, at: At): void {
  const { maxProperties, minProperties, required } = schema;
  const keys = Object.keys(value);
  if (typeof maxProperties === 'number' && keys.length > maxProperties)
    at.errors.push(fieldError.tooMany(shownPath(at.path), keys.length, maxProperties));
  if (typeof minProperties === 'number' && keys.length < minProperties) invalid(at, value, `should have at least ${minProperties} properties`);
  if (Array.isArray(required)) {
    for (const name of required as readonly string[]) {
      if (!Object.hasOwn(value, name) || value[name] === undefined) at.errors.push(fieldError.required(join(at.path, name)));
    }
  }
  const properties = schemaAt(schema['properties']);
  const additional = schemaAt(schema['additionalProperties']);
  for (const key of keys) {
    const item = value[key];
    if (item === undefined) continue;
    const property = properties ? schemaAt(getKey(properties, key)) : undefined;
    const inner = property ?? additional;
    if (inner) check(item, inner, { path: join(at.path, key), errors: at.errors });
  }
}

function isValid(value: Json, schema: JsonSchema, at: At): boolean {
  const errors: FieldError[] = [];
  check(value, schema, { path: at.path, errors });
  return errors.length === 0;
}

function listAt(schema: JsonSchema, key: string): readonly JsonSchema[] {
  const list = schema[key];
  return Array.isArray(list) ? (list as readonly Json[]).map(schemaAt).filter((s) => s !== undefined) : [];
}

function checkJunctors(value: Json, schema: JsonSchema, at: At): void {
  const name = JSON.stringify(at.path);
  const fail = (text: string) => at.errors.push(fieldError.invalid(shownPath(at.path), value, `${name} ${text}`));
  for (const inner of listAt(schema, 'allOf')) check(value, inner, at);
  const anyOf = listAt(schema, 'anyOf');
  if (anyOf.length > 0 && !anyOf.some((s) => isValid(value, s, at))) fail('must validate at least one schema (anyOf)');
  const oneOf = listAt(schema, 'oneOf');
  if (oneOf.length > 0) {
    const valid = oneOf.filter((s) => isValid(value, s, at)).length;
    if (valid !== 1)
      fail(`must validate one and only one schema (oneOf). Found ${valid === 0 ? 'none' : String(valid)} valid${valid > 1 ? ' alternatives' : ''}`);
  }
  const not = schemaAt(schema['not']);
  if (not && isValid(value, not, at)) fail('must not validate the schema (not)');
}
