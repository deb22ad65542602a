import { Walker } from './decode/walk.ts';
import { fastDecoder } from './decode/generate.ts';
import type { Draft, Json, KubeObject } from './meta.ts';
import type { ObjectSchema } from './schema.ts';

export { DecodeError } from './decode/decode-error.ts';
export { formatDuration, parseDuration } from './decode/duration.ts';
export { microTimeText, normalizeMicroTime, normalizeTime, timeParts, timeText } from './decode/time.ts';
export { copyJson, isBase64 } from './decode/scalars.ts';

export interface DecodeOptions {
  /** Apply the defaults that the schema declares. Default true. */
  readonly defaults?: boolean;
}

export interface Decoded<T> {
  /** Owned by the caller: shares nothing with the input. */
  readonly object: Draft<T>;
  /** What strict decoding complains of, in the body's order: `unknown field "spec.foo"`. At most 100. */
  readonly strictErrors: readonly string[];
}

/**
 * Reads parsed JSON as an object of `schema`: fields in the schema's order, unknown ones dropped and reported, values normalised, declared
 * defaults applied. Built-in types follow Go's round trip: null is absent, an empty value of an optional field that is no pointer is
 * absent, a struct that is no pointer is there (`{}`), a required field that was left out has its zero value. Custom kinds (schemas without
 * a name) are pruned and defaulted only; validation judges the rest. Throws `DecodeError` with upstream's text.
 */
export function decodeObject<T extends object = KubeObject>(schema: ObjectSchema, input: Json, options: DecodeOptions = {}): Decoded<T> {
  const defaults = options.defaults ?? true;
  const object = fastDecoder(schema, defaults)(input);
  if (object !== undefined) return { object: object as Draft<T>, strictErrors: [] };
  const walker = new Walker(defaults);
  return { object: walker.decode(schema, input) as Draft<T>, strictErrors: walker.strictErrors };
}
