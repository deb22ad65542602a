import { createHash } from 'node:crypto';
import {
  type Descriptions,
  encodeOpenApiV2,
  type OpenApiOptions,
  type OpenApiResource,
  openApiV2,
  openApiV3,
  openApiV3Path,
} from '../../api/index.ts';
import { statusErrors } from '../../apimachinery/index.ts';
import { type HttpRequest, negotiate, type RawReply } from '../../http/index.ts';
import type { ResourceCatalog } from '../catalog.ts';
import { jsonReply } from '../replies/text-reply.ts';
import { servedGroups } from './groups.ts';
import type { ApiServerOptions } from '../options.ts';
import type { PathHandler } from './paths.ts';
import { versionInfo } from './version.ts';

const v2Protobuf = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
/** What clients ask for; it is no media type by RFC 9110's grammar, so that Go's clients refuse it as the type of a reply. */
const v2ProtobufAsked = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
const v3Protobuf = 'application/com.github.proto-openapi.spec.v3@v1.0+protobuf';
const yearSeconds = 365 * 24 * 3600;

interface Document {
  readonly bytes: Uint8Array;
  readonly etag: string;
}

function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').toUpperCase();
}

/**
 * OpenAPI documents, made from the catalog at their first request and kept until it changes. A group version's hash is that of what the
 * document is made from, so that the index costs no document.
 */
class OpenApi {
  readonly #catalog: ResourceCatalog;
  readonly #loadDescriptions: () => Promise<Descriptions | undefined>;
  readonly #documents = new Map<string, Promise<Document>>();
  /** Held weakly: megabytes that are wanted for a moment, when documents are made. */
  #descriptions: WeakRef<Descriptions> | undefined;
  #resources: readonly OpenApiResource[] = [];
  #hashes: ReadonlyMap<string, { readonly group: string; readonly version: string; readonly hash: string }> = new Map();
  #generation = -1;

  constructor(catalog: ResourceCatalog, loadDescriptions: () => Promise<Descriptions | undefined>) {
    this.#catalog = catalog;
    this.#loadDescriptions = loadDescriptions;
  }

  async serve(request: HttpRequest, path: string): Promise<RawReply | undefined> {
    this.#refresh();
    if (path === '/openapi/v2' || path === '/openapi/v2/') return this.#v2(request);
    if (path === '/openapi/v3' || path === '/openapi/v3/') return this.#index();
    return path.startsWith('/openapi/v3/') ? this.#v3(request, path.slice('/openapi/v3/'.length)) : undefined;
  }

  #refresh(): void {
    if (this.#generation === this.#catalog.generation) return;
    this.#generation = this.#catalog.generation;
    this.#documents.clear();
    this.#resources = this.#catalog.entries();
    const hashes = new Map<string, { readonly group: string; readonly version: string; readonly hash: string }>();
    for (const { group, versions } of servedGroups(this.#catalog)) {
      for (const { version } of versions) {
        const made = this.#resources
          .filter((r) => r.definition.group === group)
          .map(({ definition: d, rawSchemas }) => [d.kind, d.plural, d.scope, d.verbs, d.subresources, rawSchemas?.[version]]);
        hashes.set(openApiV3Path(group, version), { group, version, hash: hashOf(JSON.stringify([versionInfo.gitVersion, made])) });
      }
    }
    this.#hashes = hashes;
  }

  #index(): RawReply {
    const paths = Object.fromEntries([...this.#hashes].map(([path, { hash }]) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }]));
    return jsonReply(200, { paths });
  }

  async #v3(request: HttpRequest, path: string): Promise<RawReply | undefined> {
    const found = this.#hashes.get(path);
    if (!found) return undefined;
    const type = negotiate(request.headers['accept'], ['application/json', v3Protobuf]);
    if (type?.type !== 'application/json') throw statusErrors.notAcceptable('only the following media types are accepted: application/json');
    const document = await this.#document(`v3 ${path}`, (resources, options) =>
      Buffer.from(JSON.stringify(openApiV3(resources, found.group, found.version, options))),
    );
    const headers = { vary: 'Accept', ...(request.query.has('hash') ? cachedForever(request.query.get('hash') === found.hash) : {}) };
    return send(request, { bytes: document.bytes, etag: found.hash }, { contentType: 'application/json', headers });
  }

  async #v2(request: HttpRequest): Promise<RawReply> {
    const type = negotiate(request.headers['accept'], ['application/json', v2Protobuf, v2ProtobufAsked]);
    if (type?.type === v2Protobuf || type?.type === v2ProtobufAsked) {
      const document = await this.#document('v2 protobuf', (resources, options) => encodeOpenApiV2(openApiV2(resources, options)));
      return send(request, document, { contentType: v2Protobuf, headers: { vary: 'Accept' } });
    }
    if (!type) throw statusErrors.notAcceptable(`only the following media types are accepted: application/json, ${v2Protobuf}`);
    const document = await this.#document('v2 json', (resources, options) => Buffer.from(JSON.stringify(openApiV2(resources, options))));
    return send(request, document, { contentType: 'application/json', headers: { vary: 'Accept' } });
  }

  /** The document of that name; requests that come while it is being made share it. */
  #document(key: string, make: (resources: readonly OpenApiResource[], options: OpenApiOptions) => Uint8Array): Promise<Document> {
    const known = this.#documents.get(key);
    if (known) return known;
    const resources = this.#resources;
    const made = this.#describe().then((descriptions) => {
      const bytes = make(resources, { serverVersion: versionInfo.gitVersion, descriptions });
      return { bytes, etag: hashOf(bytes) };
    });
    this.#documents.set(key, made);
    made.catch(() => this.#documents.delete(key));
    return made;
  }

  async #describe(): Promise<Descriptions | undefined> {
    const known = this.#descriptions?.deref();
    if (known) return known;
    const loaded = await this.#loadDescriptions();
    if (loaded) this.#descriptions = new WeakRef(loaded);
    return loaded;
  }
}

/** A URL with the right hash names one content for ever. */
function cachedForever(isCurrent: boolean): Readonly<Record<string, string>> {
  return isCurrent ? { 'cache-control': `public, immutable, max-age=${yearSeconds}` } : { 'cache-control': 'no-cache' };
}

function send(
  request: HttpRequest,
  document: Document,
  about: { readonly contentType: string; readonly headers: Readonly<Record<string, string>> },
): RawReply {
  const etag = `"${document.etag}"`;
  const headers = { ...about.headers, etag };
  const isKnown = (request.headers['if-none-match'] ?? '').includes(etag);
  return { kind: 'raw', status: isKnown ? 304 : 200, contentType: about.contentType, headers, body: isKnown ? new Uint8Array(0) : document.bytes };
}

/** `/openapi/v2` and `/openapi/v3`. Descriptions are loaded when a document is made, and again when memory was short in between. */
export function openApiPaths(catalog: ResourceCatalog, descriptions: ApiServerOptions['descriptions']): PathHandler {
  const openApi = new OpenApi(catalog, typeof descriptions === 'function' ? descriptions : () => Promise.resolve(descriptions));
  return (scope) => openApi.serve(scope.request, scope.info.path);
}
