import {
  apiVersionOf,
  type Draft,
  DecodeError,
  decodeObject,
  type Decoded,
  type GroupVersionKind,
  isJsonObject,
  type Json,
  type KubeObject,
  type ObjectSchema,
  parseApiVersion,
  statusErrors,
} from '../../apimachinery/index.ts';
import { decodeProtobuf } from '../replies/protobuf.ts';
import { type SentBody, unrecognized } from './read-body.ts';
import type { FieldValidation } from './request-options.ts';

const maxStrictErrors = 100;

/** What a body must be: its kind, and the schema to read it by. */
export interface Expected {
  readonly kind: GroupVersionKind;
  readonly schema: ObjectSchema;
}

/** The kind a body says it is; what it leaves out is as expected. */
function kindOf(value: Json, expected: GroupVersionKind, bytes: Uint8Array): GroupVersionKind {
  if (!isJsonObject(value)) {
    const what = value === null ? undefined : Array.isArray(value) ? 'array' : typeof value;
    if (what === undefined) return expected;
    throw unrecognized(
      expected.kind,
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${what} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
      bytes,
    );
  }
  const { kind, apiVersion } = value;
  if (kind !== undefined && kind !== null && typeof kind !== 'string') throw badTypeMeta(expected, 'kind', kind, bytes);
  if (apiVersion !== undefined && apiVersion !== null && typeof apiVersion !== 'string') throw badTypeMeta(expected, 'apiVersion', apiVersion, bytes);
  return namedKind(kind ?? '', apiVersion ?? '', expected);
}

function badTypeMeta(expected: GroupVersionKind, field: string, value: Json, bytes: Uint8Array): Error {
  const what = Array.isArray(value) ? 'array' : typeof value;
  return unrecognized(
    expected.kind,
    `couldn't get version/kind; json parse error: json: cannot unmarshal ${what} into Go struct field .${field} of type string`,
    bytes,
  );
}

export function namedKind(kind: string, apiVersion: string, expected: GroupVersionKind): GroupVersionKind {
  const gv = apiVersion === '' ? expected : parseApiVersion(apiVersion);
  if (!gv) throw statusErrors.badRequest(`unexpected GroupVersion string: ${apiVersion}`);
  return { group: gv.group, version: gv.version, kind: kind === '' ? expected.kind : kind };
}

function checkKind(sent: GroupVersionKind, expected: GroupVersionKind): void {
  const sentGv = apiVersionOf(sent.group, sent.version);
  const expectedGv = apiVersionOf(expected.group, expected.version);
  if (sentGv !== expectedGv) {
    throw statusErrors.badRequest(`the API version in the data (${sentGv}) does not match the expected API version (${expectedGv})`);
  }
  if (sent.kind !== expected.kind) {
    throw statusErrors.badRequest(
      `${sent.kind} in version ${JSON.stringify(sent.version)} cannot be handled as a ${expected.kind}: converting (${sent.version}.${sent.kind}) to (${expected.kind}): unknown conversion`,
    );
  }
}

function cannotHandle(expected: GroupVersionKind, why: string): Error {
  return statusErrors.badRequest(`${expected.kind} in version ${JSON.stringify(expected.version)} cannot be handled as a ${expected.kind}: ${why}`);
}

/** What strict decoding found, told as the request asked: refused, warned of, or ignored. */
export function reportStrict(
  errors: readonly string[],
  validation: FieldValidation,
  report: { readonly warnings: string[]; refuse(why: string): Error },
): void {
  if (errors.length === 0 || validation === 'Ignore') return;
  const kept = [...new Set(errors)].slice(0, maxStrictErrors);
  if (validation === 'Strict') throw report.refuse(`strict decoding error: ${kept.join(', ')}`);
  report.warnings.push(...kept);
}

/**
 * Turns a body into an object of the expected kind, defaulted as the schema declares. Throws 400 with upstream's texts.
 */
export function decodeBody(
  body: SentBody,
  expected: Expected,
  options: { readonly fieldValidation: FieldValidation; readonly warnings: string[] },
): Draft<KubeObject> {
  const decoded = body.kind === 'protobuf' ? fromProtobuf(body, expected) : fromJson(body, expected);
  const strict = body.kind === 'json' ? [...body.strictErrors, ...decoded.strictErrors] : decoded.strictErrors;
  reportStrict(strict, options.fieldValidation, { warnings: options.warnings, refuse: (why) => cannotHandle(expected.kind, why) });
  const { object } = decoded;
  object.kind = expected.kind.kind;
  object.apiVersion = apiVersionOf(expected.kind.group, expected.kind.version);
  return object;
}

function fromJson(body: SentBody & { readonly kind: 'json' }, expected: Expected): Decoded<KubeObject> {
  const { value } = body;
  checkKind(kindOf(value, expected.kind, body.bytes), expected.kind);
  return decodeJson(value ?? {}, expected);
}

/** Decodes a JSON value that needs no check of its kind. Throws 400. */
export function decodeJson(value: Json, expected: Expected): Decoded<KubeObject> {
  try {
    return decodeObject(expected.schema, value);
  } catch (error) {
    if (error instanceof DecodeError) throw cannotHandle(expected.kind, error.message);
    throw error;
  }
}

function fromProtobuf(body: SentBody & { readonly kind: 'protobuf' }, expected: Expected): Decoded<KubeObject> {
  const { envelope } = body;
  checkKind(namedKind(envelope.kind, envelope.apiVersion, expected.kind), expected.kind);
  try {
    return decodeObject(expected.schema, decodeProtobuf(expected.schema, envelope.raw) as Json);
  } catch (error) {
    if (error instanceof Error) throw cannotHandle(expected.kind, error.message);
    throw error;
  }
}
