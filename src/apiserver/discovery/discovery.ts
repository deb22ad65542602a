import { createHash } from 'node:crypto';
import { parseAccept, type HttpRequest, type RawReply } from '../../http/index.ts';
import type { ResourceCatalog } from '../catalog.ts';
import { jsonReply } from '../replies/text-reply.ts';
import { apiGroup, apiGroupDiscovery, apiResourceList, servedGroups, type ServedGroup } from './groups.ts';

/** A document ready to be sent, with the tag that lets clients keep their copy. */
interface Document {
  readonly body: Buffer;
  readonly etag: string;
  readonly contentType: string;
}

function documentOf(value: object, contentType = 'application/json'): Document {
  const body = Buffer.from(`${JSON.stringify(value)}\n`);
  const etag = createHash('sha512').update(body).digest('hex').toUpperCase();
  return { body, etag, contentType };
}

function send(document: Document, request: HttpRequest, headers: Readonly<Record<string, string>>): RawReply {
  const all = { etag: `"${document.etag}"`, ...headers };
  const known = request.headers['if-none-match'] ?? '';
  if (known.split(',').some((tag) => tag.trim().replace(/^W\//, '') === all.etag)) {
    return { kind: 'raw', status: 304, contentType: document.contentType, headers: all, body: new Uint8Array(0) };
  }
  return { kind: 'raw', status: 200, contentType: document.contentType, headers: all, body: document.body };
}

/** The version of aggregated discovery a client asks for, if any and before plain JSON. */
function aggregatedVersion(accept: string | undefined): 'v2' | 'v2beta1' | undefined {
  for (const wish of parseAccept(accept)) {
    const { g, v, as } = wish.parameters;
    if (wish.type === 'application/json' && g === 'apidiscovery.k8s.io' && as === 'APIGroupDiscoveryList' && (v === 'v2' || v === 'v2beta1'))
      return v;
    if (wish.type === 'application/json' || wish.type === '*/*') return undefined;
  }
  return undefined;
}

/**
 * What is served, for clients to find out: `/api`, `/apis` and below. Documents are made from the catalog and kept until it changes.
 */
export class Discovery {
  readonly #catalog: ResourceCatalog;
  readonly #serverAddress: () => string | undefined;
  readonly #documents = new Map<string, Document>();
  #groups: readonly ServedGroup[] = [];
  #generation = -1;

  /** `serverAddress` is `host:port`, shown to clients that ask `/api`. */
  constructor(catalog: ResourceCatalog, serverAddress: () => string | undefined) {
    this.#catalog = catalog;
    this.#serverAddress = serverAddress;
  }

  groups(): readonly ServedGroup[] {
    if (this.#generation !== this.#catalog.generation) {
      this.#generation = this.#catalog.generation;
      this.#documents.clear();
      this.#groups = servedGroups(this.#catalog);
    }
    return this.#groups;
  }

  /** Answers a discovery path; undefined for any other. */
  serve(request: HttpRequest, path: string): RawReply | undefined {
    const parts = path.split('/').filter((p) => p !== '');
    const groups = this.groups();
    if (parts[0] === 'api') {
      if (parts.length === 1) return this.#root(request, 'api');
      const core = groups.find((g) => g.group === '');
      return parts.length === 2 ? this.#version(request, core, parts[1]!) : undefined;
    }
    if (parts[0] !== 'apis') return undefined;
    if (parts.length === 1) return this.#root(request, 'apis');
    const group = groups.find((g) => g.group === parts[1] && g.group !== '');
    if (!group) return undefined;
    if (parts.length === 2)
      return this.#document(request, `group ${group.group}`, () => ({ kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(group) }));
    return parts.length === 3 ? this.#version(request, group, parts[2]!) : undefined;
  }

  #version(request: HttpRequest, group: ServedGroup | undefined, version: string): RawReply | undefined {
    const served = group?.versions.find((v) => v.version === version);
    if (!group || !served) return undefined;
    return this.#document(request, `version ${group.group}/${version}`, () => apiResourceList(group.group, version, served.resources));
  }

  #document(request: HttpRequest, key: string, make: () => object, contentType?: string): RawReply {
    let document = this.#documents.get(key);
    if (!document) {
      document = documentOf(make(), contentType);
      this.#documents.set(key, document);
    }
    return send(document, request, key.startsWith('aggregated') || key.startsWith('root') ? { vary: 'Accept' } : {});
  }

  #root(request: HttpRequest, root: 'api' | 'apis'): RawReply {
    const groups = this.#groups.filter((g) => (g.group === '') === (root === 'api'));
    const version = aggregatedVersion(request.headers['accept']);
    if (version !== undefined) {
      const contentType = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
      const make = () => ({
        kind: 'APIGroupDiscoveryList',
        apiVersion: `apidiscovery.k8s.io/${version}`,
        metadata: {},
        items: groups.map(apiGroupDiscovery),
      });
      return this.#document(request, `aggregated ${root} ${version}`, make, contentType);
    }
    if (root === 'apis') {
      return this.#document(request, 'root apis', () => ({ kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(apiGroup) }));
    }
    const serverAddress = this.#serverAddress() ?? request.headers['host'] ?? '';
    const versions = groups.flatMap((g) => g.versions.map((v) => v.version));
    return jsonReply(
      200,
      { kind: 'APIVersions', versions, serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }] },
      { vary: 'Accept' },
    );
  }
}
