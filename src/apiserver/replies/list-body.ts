import { nextTurn } from '../../base/index.ts';
import type { KubeObject } from '../../apimachinery/index.ts';
import type { Body, Chunks, MediaType } from '../../http/index.ts';
import { listChunkBytes, listJson, type ListResult, smallListJson, type StoredObject } from '../../storage/index.ts';
import type { Resource } from '../resource.ts';
import { encodeProtobufList, encodeProtobufMessage } from './protobuf.ts';
import { type Output, protobufType, yamlType } from './media-types.ts';
import { partialObjectMetadataSchema } from './meta-schemas.ts';
import { partialMetadataJson } from './metadata-bytes.ts';
import { textSlices } from './slices.ts';
import { columnDefinitions, listMetaJson, type RowOptions, rowJson, tableHead, tableTail } from './table.ts';
import { encodeValue } from './value-body.ts';

const itemsPerTurn = 200;

/** A list on its way out, in slices. */
export class ListBody implements Body {
  readonly mediaType: MediaType;
  readonly #list: ListResult;
  readonly #resource: Resource;
  readonly #output: Output;
  readonly #rows: RowOptions;

  constructor(list: ListResult, resource: Resource, options: { readonly output: Output; readonly rows: RowOptions }) {
    this.#list = list;
    this.#resource = resource;
    this.#output = options.output;
    this.#rows = options.rows;
    this.mediaType = options.output.mediaType;
  }

  bytes(mediaType: MediaType): Uint8Array | Chunks | Promise<Uint8Array> {
    const { form } = this.#output;
    if (mediaType.type === protobufType) return this.#protobuf(form === 'PartialObjectMetadataList');
    if (form === 'Table') return this.#table();
    if (form !== '') return this.#partial();
    if (mediaType.type === yamlType) return encodeValue(this.value() as object, undefined, mediaType);
    if (!this.#resource.sameShape) return this.#converted();
    return smallListJson(this.#list, this.#resource.names) ?? listJson(this.#list, this.#resource.names);
  }

  value(): unknown {
    const [list, resource] = [this.#list, this.#resource];
    const { form } = this.#output;
    if (form === 'Table')
      return JSON.parse([tableHead(listMetaJson(list), columnDefinitions(resource)), [...this.#rowTexts()].join(','), tableTail].join(''));
    if (form !== '')
      return { ...this.#listHead('PartialObjectMetadataList', 'meta.k8s.io/v1'), items: list.items.map((s) => JSON.parse(partialMetadataJson(s))) };
    return { ...this.#listHead(resource.definition.listKind, resource.apiVersion), items: list.items.map((s) => resource.toServed(s)) };
  }

  #listHead(kind: string, apiVersion: string): object {
    return { kind, apiVersion, metadata: JSON.parse(`{${listMetaJson(this.#list)}}`) as unknown };
  }

  *#rowTexts(): Generator<string> {
    for (const stored of this.#list.items) yield rowJson(this.#resource, stored, this.#rows);
  }

  #table(): Chunks {
    return textSlices(tableHead(listMetaJson(this.#list), columnDefinitions(this.#resource)), this.#rowTexts(), tableTail);
  }

  #partial(): Chunks {
    const head = `{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","metadata":{${listMetaJson(this.#list)}},"items":[`;
    return textSlices(head, map(this.#list.items, partialMetadataJson), ']}\n');
  }

  #converted(): Chunks {
    const { listKind } = this.#resource.definition;
    const head = `{"kind":${JSON.stringify(listKind)},"apiVersion":${JSON.stringify(this.#resource.apiVersion)},"metadata":{${listMetaJson(this.#list)}},"items":[`;
    return textSlices(
      head,
      map(this.#list.items, (s) => JSON.stringify(this.#item(s))),
      ']}\n',
    );
  }

  /** Items of built-in kinds carry no kind of their own. */
  #item(stored: StoredObject): KubeObject {
    const object = this.#resource.toServed(stored);
    if (this.#resource.custom) return object;
    const { kind: _kind, apiVersion: _apiVersion, ...rest } = object;
    return rest;
  }

  async #protobuf(partial: boolean): Promise<Uint8Array> {
    const resource = this.#resource;
    const messages: Uint8Array[] = [];
    let bytes = 0;
    for (const stored of this.#list.items) {
      const message = partial
        ? resource.encoded.get(stored, 'pb partial item', () =>
            encodeProtobufMessage(partialObjectMetadataSchema(), JSON.parse(partialMetadataJson(stored)) as KubeObject),
          )
        : resource.encoded.get(stored, `pb item ${resource.apiVersion}`, () =>
            encodeProtobufMessage(resource.version.schema, resource.toServed(stored)),
          );
      messages.push(message);
      bytes += message.length;
      if (messages.length % itemsPerTurn === 0 || bytes > listChunkBytes) {
        bytes = 0;
        await nextTurn();
      }
    }
    const type = partial
      ? { apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadataList' }
      : { apiVersion: resource.apiVersion, kind: resource.definition.listKind };
    return encodeProtobufList(type, JSON.parse(`{${listMetaJson(this.#list)}}`) as object, messages);
  }
}

function* map<T>(items: readonly T[], of: (item: T) => string): Generator<string> {
  for (const item of items) yield of(item);
}
