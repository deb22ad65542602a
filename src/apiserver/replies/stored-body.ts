import { dump } from 'js-yaml';
import type { KubeObject } from '../../apimachinery/index.ts';
import type { Body, MediaType } from '../../http/index.ts';
import { singleJson, type StoredObject } from '../../storage/index.ts';
import type { Resource } from '../resource.ts';
import { partialObjectMetadataSchema } from './meta-schemas.ts';
import { type Output, protobufType, yamlType } from './media-types.ts';
import { partialMetadataJson } from './metadata-bytes.ts';
import { encodeProtobuf } from './protobuf.ts';
import { type RowOptions, singleTable } from './table.ts';

/** A stored object on its way out: bytes as they are stored where that is what was asked for. */
export class StoredBody implements Body {
  readonly mediaType: MediaType;
  readonly #stored: StoredObject;
  readonly #resource: Resource;
  readonly #output: Output;
  readonly #rows: RowOptions;

  constructor(stored: StoredObject, resource: Resource, options: { readonly output: Output; readonly rows: RowOptions }) {
    this.#stored = stored;
    this.#resource = resource;
    this.#output = options.output;
    this.#rows = options.rows;
    this.mediaType = options.output.mediaType;
  }

  bytes(mediaType: MediaType): Uint8Array {
    const [stored, resource] = [this.#stored, this.#resource];
    const { form } = this.#output;
    if (form === 'Table') return Buffer.from(singleTable(resource, stored, this.#rows));
    if (form !== '') return partialBytes(resource, stored, mediaType);
    if (mediaType.type === protobufType) return protobufBytes(resource, stored);
    if (mediaType.type === yamlType) return Buffer.from(dump(resource.toServed(stored), { lineWidth: -1 }));
    if (resource.sameShape) return singleJson(stored, resource.names);
    return Buffer.from(`${JSON.stringify(resource.toServed(stored))}\n`);
  }

  value(): unknown {
    switch (this.#output.form) {
      case '':
        return this.#resource.toServed(this.#stored);
      case 'Table':
        return JSON.parse(singleTable(this.#resource, this.#stored, this.#rows)) as unknown;
      default:
        return JSON.parse(partialMetadataJson(this.#stored)) as unknown;
    }
  }
}

/** A stored object as protobuf in its envelope, from the cache of encodings. */
export function protobufBytes(resource: Resource, stored: StoredObject): Uint8Array {
  return resource.encoded.get(stored, `pb ${resource.apiVersion}`, () => encodeProtobuf(resource.version.schema, resource.toServed(stored)));
}

/** PartialObjectMetadata as JSON or protobuf. */
export function partialBytes(resource: Resource, stored: StoredObject, mediaType: MediaType): Uint8Array {
  if (mediaType.type !== protobufType) return Buffer.from(`${partialMetadataJson(stored)}\n`);
  return resource.encoded.get(stored, 'pb partial', () =>
    encodeProtobuf(partialObjectMetadataSchema(), JSON.parse(partialMetadataJson(stored)) as KubeObject),
  );
}
