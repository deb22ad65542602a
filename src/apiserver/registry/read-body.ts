import { type Json, ReadError, readJson, readYaml, statusErrors } from '../../apimachinery/index.ts';
import { parseMediaType } from '../../http/index.ts';
import { jsonType, protobufType, yamlType } from '../replies/media-types.ts';
import { type ProtobufEnvelope, readProtobufEnvelope } from '../replies/protobuf.ts';
import type { VerbScope } from './verb-scope.ts';

const builtInTypes = [jsonType, yamlType, protobufType];
const customTypes = [jsonType, yamlType];

/** What a client sent: a JSON value with what strict reading says of its text, or protobuf still to be decoded. */
export type SentBody =
  | { readonly kind: 'json'; readonly value: Json; readonly strictErrors: readonly string[]; readonly bytes: Uint8Array }
  | { readonly kind: 'protobuf'; readonly envelope: ProtobufEnvelope; readonly bytes: Uint8Array };

/** The media type of the body; JSON when none is named. Throws 415. */
export function bodyType(scope: Pick<VerbScope, 'request'>, custom: boolean): string {
  const header = scope.request.headers['content-type'];
  if (header === undefined || header === '') return jsonType;
  const accepted = custom ? customTypes : builtInTypes;
  const type = parseMediaType(header)?.type ?? '';
  if (accepted.includes(type)) return type;
  throw statusErrors.unsupportedMediaType(`the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`);
}

function summary(bytes: Uint8Array): string {
  if (bytes.length === 0) return '<empty>';
  const cut = bytes.length > 30 ? ' ...' : '';
  const head = Buffer.from(bytes.subarray(0, 30));
  return `${bytes[0] === 0x7b ? head.toString('utf8') : head.toString('hex')}${cut}`;
}

/** 400 for a body whose kind could not even be read. */
export function unrecognized(kind: string, why: string, bytes: Uint8Array): Error {
  return statusErrors.badRequest(`the object provided is unrecognized (must be of type ${kind}): ${why} (${summary(bytes)})`);
}

/** Reads the request's body. Throws 413, 415 or 400. `kind` is what is expected, for the message. */
export async function readBody(scope: VerbScope, kind: string): Promise<SentBody> {
  const type = bodyType(scope, scope.resource.custom);
  const bytes = await scope.request.body.bytes(scope.registry.limits.maxBodyBytes);
  return parseBody(type, bytes, kind);
}

export function parseBody(type: string, bytes: Uint8Array, kind: string): SentBody {
  if (type === protobufType) {
    const envelope = readProtobufEnvelope(bytes);
    if (!envelope) throw unrecognized(kind, 'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]', bytes);
    return { kind: 'protobuf', envelope, bytes };
  }
  try {
    const { value, strictErrors } = type === yamlType ? readYaml(bytes) : readJson(bytes);
    return { kind: 'json', value, strictErrors, bytes };
  } catch (error) {
    if (!(error instanceof ReadError)) throw error;
    const why = type === yamlType ? error.message : `couldn't get version/kind; json parse error: ${error.message}`;
    throw unrecognized(kind, why, bytes);
  }
}
