/**
 * What all of the API's kinds have in common: metadata, Status errors, schemas, patches, selectors, codecs.
 *
 * - Pure: no I/O, no clock, no random source.
 * - Keys that clients choose (labels, annotations, data) are touched through `client-keys.ts` alone.
 * - Knows no kind: what is special about Pods lives in `api`.
 */
export { type FieldError, type FieldErrorType, fieldError } from './field-error.ts';
export * from './meta.ts';
export type * from './schema.ts';
export * from './status-error.ts';
export * from './decode.ts';
export * from './client-keys.ts';
export { ReadError, type ReadLimits, type ReadResult, defaultReadLimits, readJson } from './json-reader.ts';
export { readYaml } from './yaml-reader.ts';
export { canonicalJson, sortedJson } from './canonical-json.ts';
export { decodeProtobuf } from './protobuf/decode.ts';
export { encodeProtobuf } from './protobuf/encode.ts';
export {
  type Envelope,
  type TypeMeta,
  encodeProtobufObject,
  isEnvelope,
  readEnvelope,
  readWatchFrames,
  writeEnvelope,
  writeProtobufList,
  writeWatchFrame,
} from './protobuf/envelope.ts';
export * from './quantity.ts';
export * from './int-or-string.ts';
export * from './time.ts';
export * from './human-duration.ts';
export * from './label-rules.ts';
export * from './label-selector.ts';
export { parseLabelSelector } from './label-selector-parser.ts';
export * from './field-selector.ts';
export { applyMergePatch } from './merge-patch.ts';
export * from './json-patch.ts';
export { applyStrategicMergePatch, StrategicMergePatchError } from './strategic-merge-patch.ts';
export * from './managed-fields.ts';
export * from './table.ts';
export { BackwardWriter } from './protobuf/backward-writer.ts';
