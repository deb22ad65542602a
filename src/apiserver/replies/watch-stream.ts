import type { Status } from '../../apimachinery/index.ts';
import type { Body, BodyStream, MediaType } from '../../http/index.ts';
import { type ResourceWatch, watchFrame, type WatchItem } from '../../storage/index.ts';
import type { Resource } from '../resource.ts';
import { type Negotiated, type Output, protobufType } from './media-types.ts';
import { partialObjectMetadataSchema, statusSchema } from './meta-schemas.ts';
import { partialMetadataJson } from './metadata-bytes.ts';
import { encodeProtobuf, encodeProtobufFrame } from './protobuf.ts';
import { partialBytes, protobufBytes } from './stored-body.ts';
import { bookmarkRow, columnDefinitions, type RowOptions, rowJson, tableHead } from './table.ts';

/** The object of a bookmark in the watched kind. */
function bookmarkObject(item: WatchItem, type: { readonly kind: string; readonly apiVersion: string }) {
  const annotations = item.initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
  return { ...type, metadata: { resourceVersion: String(item.revision), creationTimestamp: null, ...annotations } };
}

/** How the frames of one watch are made. */
interface FrameMaker {
  bytes(item: WatchItem, mediaType: MediaType): Uint8Array;
  value(item: WatchItem): unknown;
}

function objectFrames(resource: Resource): FrameMaker {
  const type = { kind: resource.definition.kind, apiVersion: resource.apiVersion };
  return {
    bytes(item, mediaType) {
      if (mediaType.type === protobufType) {
        const object = item.object ? protobufBytes(resource, item.object) : encodeProtobuf(resource.version.schema, bookmarkObject(item, type));
        return encodeProtobufFrame(item.type, object);
      }
      if (resource.sameShape) return watchFrame(item, resource.names);
      return Buffer.from(`${JSON.stringify(this.value(item))}\n`);
    },
    value: (item) => ({ type: item.type, object: item.object ? resource.toServed(item.object) : bookmarkObject(item, type) }),
  };
}

function partialFrames(resource: Resource): FrameMaker {
  const type = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' };
  const text = (item: WatchItem) => (item.object ? partialMetadataJson(item.object) : JSON.stringify(bookmarkObject(item, type)));
  return {
    bytes(item, mediaType) {
      if (mediaType.type !== protobufType) return Buffer.from(`{"type":"${item.type}","object":${text(item)}}\n`);
      const object = item.object
        ? partialBytes(resource, item.object, mediaType)
        : encodeProtobuf(partialObjectMetadataSchema(), bookmarkObject(item, type));
      return encodeProtobufFrame(item.type, object);
    },
    value: (item) => JSON.parse(`{"type":"${item.type}","object":${text(item)}}`) as unknown,
  };
}

/** Tables name their columns in the first frame only. */
function tableFrames(resource: Resource, rows: () => RowOptions): FrameMaker {
  let isFirst = true;
  const text = (item: WatchItem) => {
    const columns = isFirst ? columnDefinitions(resource) : '"columnDefinitions":null';
    isFirst = false;
    const type = { kind: resource.definition.kind, apiVersion: resource.apiVersion };
    const row = item.object ? rowJson(resource, item.object, rows()) : bookmarkRow(resource, bookmarkObject(item, type));
    return `{"type":"${item.type}","object":${tableHead(`"resourceVersion":"${item.revision}"`, columns)}${row}]}}`;
  };
  return { bytes: (item) => Buffer.from(`${text(item)}\n`), value: (item) => JSON.parse(text(item)) as unknown };
}

class FrameBody implements Body {
  readonly #item: WatchItem;
  readonly #maker: FrameMaker;

  constructor(item: WatchItem, maker: FrameMaker) {
    this.#item = item;
    this.#maker = maker;
  }

  bytes(mediaType: MediaType): Uint8Array {
    return this.#maker.bytes(this.#item, mediaType);
  }

  value(): unknown {
    return this.#maker.value(this.#item);
  }
}

/** A watch as a stream of frames in the negotiated form. */
export class WatchStream implements BodyStream, Negotiated {
  readonly mediaType: MediaType;
  readonly #watch: ResourceWatch;
  readonly #maker: FrameMaker;
  readonly #onClose: () => void;
  #closed = false;

  /** `onClose` runs once, however the stream ends. */
  constructor(
    watch: ResourceWatch,
    resource: Resource,
    options: { readonly output: Output; readonly rows: () => RowOptions; readonly onClose: () => void },
  ) {
    const { output } = options;
    this.mediaType = output.mediaType;
    this.#watch = watch;
    this.#onClose = options.onClose;
    this.#maker =
      output.form === '' ? objectFrames(resource) : output.form === 'Table' ? tableFrames(resource, options.rows) : partialFrames(resource);
  }

  async read(): Promise<readonly Body[] | undefined> {
    const items = await this.#watch.read();
    if (items === undefined || this.#closed) {
      this.close();
      return undefined;
    }
    return items.map((item) => new FrameBody(item, this.#maker));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch.close();
    this.#onClose();
  }
}

/** A watch that tells one error and ends: how a resourceVersion that is too old is answered. */
export class ErrorStream implements BodyStream, Negotiated {
  readonly mediaType: MediaType;
  readonly #status: Status;
  #told = false;

  constructor(status: Status, mediaType: MediaType) {
    this.#status = status;
    this.mediaType = mediaType;
  }

  async read(): Promise<readonly Body[] | undefined> {
    if (this.#told) return undefined;
    this.#told = true;
    const status = this.#status;
    const frame = { type: 'ERROR', object: status };
    return [
      {
        bytes: (mediaType) =>
          mediaType.type === protobufType
            ? encodeProtobufFrame('ERROR', encodeProtobuf(statusSchema(), status))
            : Buffer.from(`${JSON.stringify(frame)}\n`),
        value: () => frame,
      },
    ];
  }

  close(): void {
    this.#told = true;
  }
}
