import { dump } from 'js-yaml';
import type { ObjectSchema } from '../../apimachinery/index.ts';
import type { Body, MediaType } from '../../http/index.ts';
import { plainJson, protobufType, yamlType } from './media-types.ts';
import { encodeProtobuf } from './protobuf.ts';

/** A body made from a value in memory: Status, reviews, dry runs, Tables. Small, or made in slices elsewhere. */
export class ValueBody implements Body {
  readonly mediaType: MediaType;
  readonly #value: object;
  readonly #schema: ObjectSchema | undefined;

  /** `schema` is what protobuf needs; without it protobuf is never chosen. */
  constructor(value: object, schema?: ObjectSchema, mediaType: MediaType = plainJson) {
    this.#value = value;
    this.#schema = schema;
    this.mediaType = mediaType;
  }

  bytes(mediaType: MediaType): Uint8Array {
    return encodeValue(this.#value, this.#schema, mediaType);
  }

  value(): unknown {
    return this.#value;
  }
}

/** Encodes one value; JSON where the media type is none that can be had. */
export function encodeValue(value: object, schema: ObjectSchema | undefined, mediaType: MediaType): Uint8Array {
  if (mediaType.type === protobufType && schema) return encodeProtobuf(schema, value);
  if (mediaType.type === yamlType) return Buffer.from(dump(JSON.parse(JSON.stringify(value)), { lineWidth: -1 }));
  return Buffer.from(`${JSON.stringify(value)}\n`);
}
