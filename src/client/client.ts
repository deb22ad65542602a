import type { KubeObject, ListMeta } from '../apimachinery/index.ts';
import { knownResource } from './known-resources.ts';
import { type ObjectKey, refApiVersion, type ResourceRef, resourcePath } from './resource-ref.ts';
import type { ApiCall, Transport, WatchStream } from './transport.ts';

/** How a patch is meant: strategic merge (built-in kinds only), JSON merge (RFC 7386), JSON patch (RFC 6902), server-side apply. */
export type PatchType = 'strategic' | 'merge' | 'json' | 'apply';

const patchMediaTypes: Record<PatchType, string> = {
  strategic: 'application/strategic-merge-patch+json',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
};

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface WriteOptions extends CallOptions {
  readonly fieldManager?: string;
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
  readonly dryRun?: boolean;
  /** Server-side apply only: takes fields over from other managers. */
  readonly force?: boolean;
  /** `status`, `scale`, … */
  readonly subresource?: string;
}

export interface GetOptions extends CallOptions {
  readonly subresource?: string;
}

export interface ListOptions extends CallOptions {
  /** All namespaces when absent or ''. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan';
  readonly limit?: number;
  readonly continue?: string;
}

export interface WatchOptions extends CallOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan';
  readonly allowWatchBookmarks?: boolean;
  readonly sendInitialEvents?: boolean;
  readonly timeoutSeconds?: number;
}

export interface DeleteOptions extends CallOptions {
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly dryRun?: boolean;
}

export interface ObjectList<T> extends KubeObject {
  readonly metadata: ListMeta;
  readonly items: readonly T[];
}

/** The verbs of one resource. `key` is a name for cluster-scoped resources. Objects returned are shared and read-only. */
export interface ResourceClient<T extends KubeObject = KubeObject> {
  readonly ref: ResourceRef;
  get(key: ObjectKey | string, options?: GetOptions): Promise<T>;
  list(options?: ListOptions): Promise<ObjectList<T>>;
  /** Lists in pages of `pageSize` and joins them; the list's resourceVersion is the first page's (all are of one revision). */
  listAll(options?: ListOptions & { readonly pageSize?: number }): Promise<ObjectList<T>>;
  watch(options?: WatchOptions): Promise<WatchStream>;
  /** The namespace is the object's. */
  create(object: T, options?: WriteOptions): Promise<T>;
  update(object: T, options?: WriteOptions): Promise<T>;
  /** A PUT to `/status`. */
  updateStatus(object: T, options?: WriteOptions): Promise<T>;
  patch(key: ObjectKey | string, type: PatchType, patch: unknown, options?: WriteOptions): Promise<T>;
  /** Server-side apply of `object` under `options.fieldManager`. */
  apply(object: T, options: WriteOptions & { readonly fieldManager: string }): Promise<T>;
  /** What the server answers: the object while it waits for finalizers or grace, else a Status. */
  delete(key: ObjectKey | string, options?: DeleteOptions): Promise<unknown>;
  deleteCollection(options?: DeleteOptions & ListOptions): Promise<unknown>;
  /** POST to a subresource: bindings, evictions, tokens. */
  createSubresource<R>(key: ObjectKey | string, subresource: string, body: unknown, options?: WriteOptions): Promise<R>;
}

/** Calls an API server as the user its transport was made for. */
export interface Client {
  readonly transport: Transport;
  /** `pods`, `deployments.apps`, or any resource by its names. Throws on a name that is not built in. */
  resource<T extends KubeObject = KubeObject>(resource: string | ResourceRef): ResourceClient<T>;
  /** The same verbs, asking for PartialObjectMetadata where objects are returned: for callers that need metadata alone. */
  metadata(resource: string | ResourceRef): ResourceClient;
}

const partial = (kind: string) => `application/json;as=${kind};g=meta.k8s.io;v=v1,application/json`;

/** A client over `transport`. */
export function createClient(transport: Transport): Client {
  const refOf = (resource: string | ResourceRef): ResourceRef => {
    if (typeof resource !== 'string') return resource;
    const ref = knownResource(resource);
    if (ref === undefined) throw new Error(`no built-in resource is named ${resource}: name it by group, version and plural`);
    return ref;
  };
  return {
    transport,
    resource: (resource) => resourceClient(transport, refOf(resource), false),
    metadata: (resource) => resourceClient(transport, refOf(resource), true),
  };
}

type Keyed = (key: ObjectKey | string, subresource?: string) => string;
type Send = <R>(call: ApiCall) => Promise<R>;
type Deletions<T extends KubeObject> = Pick<ResourceClient<T>, 'delete' | 'deleteCollection'>;

function deletions<T extends KubeObject>(ref: ResourceRef, send: Send, keyed: Keyed): Deletions<T> {
  return {
    delete: (key, options) => send({ method: 'DELETE', path: keyed(key), body: deleteBody(options), ...signalOf(options) }),
    deleteCollection: (options = {}) =>
      send({
        method: 'DELETE',
        path: resourcePath(ref, inNamespace(options)),
        query: listQuery(options),
        body: deleteBody(options),
        ...signalOf(options),
      }),
  };
}

function resourceClient<T extends KubeObject>(transport: Transport, ref: ResourceRef, metadataOnly: boolean): ResourceClient<T> {
  const send = async <R>(call: ApiCall): Promise<R> => (await transport.call(call)).value as R;
  const keyed = (key: ObjectKey | string, subresource?: string) => {
    const target = typeof key === 'string' ? { name: key } : key;
    return resourcePath(ref, subresource === undefined ? target : { ...target, subresource });
  };
  const accept = (kind: string) => (metadataOnly ? { accept: partial(kind) } : {});
  const put = (object: T, options: WriteOptions | undefined, subresource: string | undefined) =>
    send<T>({
      method: 'PUT',
      path: keyed(keyOfObject(object), subresource),
      query: writeQuery(options),
      body: withKind(ref, object),
      ...signalOf(options),
    });
  const list = (options: ListOptions = {}) =>
    send<ObjectList<T>>({
      method: 'GET',
      path: resourcePath(ref, inNamespace(options)),
      query: listQuery(options),
      ...accept('PartialObjectMetadataList'),
      ...signalOf(options),
    });
  return {
    ref,
    get: (key, options) => send({ method: 'GET', path: keyed(key, options?.subresource), ...accept('PartialObjectMetadata'), ...signalOf(options) }),
    list,
    listAll: (options) => listAll(list, options),
    watch: (options = {}) =>
      transport.watch({
        method: 'GET',
        path: resourcePath(ref, inNamespace(options)),
        query: watchQuery(options),
        ...accept('PartialObjectMetadata'),
        ...signalOf(options),
      }),
    create: (object, options) => {
      const namespace = object.metadata?.namespace;
      const path = resourcePath(ref, namespace === undefined ? {} : { namespace });
      return send({ method: 'POST', path, query: writeQuery(options), body: withKind(ref, object), ...signalOf(options) });
    },
    update: (object, options) => put(object, options, options?.subresource),
    updateStatus: (object, options) => put(object, options, 'status'),
    patch: (key, type, patch, options) =>
      send({
        method: 'PATCH',
        path: keyed(key, options?.subresource),
        query: writeQuery(options),
        body: patch,
        contentType: patchMediaTypes[type],
        ...signalOf(options),
      }),
    apply: (object, options) =>
      send({
        method: 'PATCH',
        path: keyed(keyOfObject(object), options.subresource),
        query: writeQuery(options),
        body: withKind(ref, object),
        contentType: patchMediaTypes.apply,
        ...signalOf(options),
      }),
    ...deletions<T>(ref, send, keyed),
    createSubresource: (key, subresource, body, options) =>
      send({ method: 'POST', path: keyed(key, subresource), query: writeQuery(options), body, ...signalOf(options) }),
  };
}

/** client-go's page size; a page of 500 keeps replies in the low megabytes. */
const defaultPageSize = 500;

async function listAll<T>(
  list: (options: ListOptions) => Promise<ObjectList<T>>,
  options: ListOptions & { readonly pageSize?: number } = {},
): Promise<ObjectList<T>> {
  const { pageSize = defaultPageSize, ...first } = options;
  const page = await list({ ...first, limit: pageSize });
  let next = page.metadata.continue ?? '';
  if (next === '') return page;
  const items = [...page.items];
  // Continuing pages name no resourceVersion: the token holds it.
  const { resourceVersion: _rv, resourceVersionMatch: _match, ...rest } = first;
  while (next !== '') {
    const more = await list({ ...rest, limit: pageSize, continue: next });
    for (const item of more.items) items.push(item);
    next = more.metadata.continue ?? '';
  }
  return { ...page, metadata: { ...page.metadata, continue: '' }, items };
}

function keyOfObject(object: KubeObject): ObjectKey {
  return { namespace: object.metadata?.namespace ?? '', name: object.metadata?.name ?? '' };
}

/** Items of lists carry no kind; the server wants one on bodies. */
function withKind<T extends KubeObject>(ref: ResourceRef, object: T): T {
  if (object.kind !== undefined && object.apiVersion !== undefined) return object;
  if (ref.kind === undefined) return object;
  return { apiVersion: refApiVersion(ref), kind: ref.kind, ...object };
}

function signalOf(options: CallOptions | undefined): { readonly signal?: AbortSignal } {
  return options?.signal === undefined ? {} : { signal: options.signal };
}

function inNamespace(options: { readonly namespace?: string }): { readonly namespace?: string } {
  return options.namespace === undefined ? {} : { namespace: options.namespace };
}

function writeQuery(options: WriteOptions | undefined): NonNullable<ApiCall['query']> {
  return {
    fieldManager: options?.fieldManager,
    fieldValidation: options?.fieldValidation,
    dryRun: options?.dryRun === true ? 'All' : undefined,
    force: options?.force === undefined ? undefined : String(options.force),
  };
}

function listQuery(options: ListOptions): NonNullable<ApiCall['query']> {
  return {
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
    resourceVersion: options.resourceVersion,
    resourceVersionMatch: options.resourceVersionMatch,
    limit: options.limit === undefined ? undefined : String(options.limit),
    continue: options.continue,
  };
}

function watchQuery(options: WatchOptions): NonNullable<ApiCall['query']> {
  return {
    watch: 'true',
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
    resourceVersion: options.resourceVersion,
    resourceVersionMatch: options.resourceVersionMatch,
    allowWatchBookmarks: options.allowWatchBookmarks === true ? 'true' : undefined,
    sendInitialEvents: options.sendInitialEvents === undefined ? undefined : String(options.sendInitialEvents),
    timeoutSeconds: options.timeoutSeconds === undefined ? undefined : String(options.timeoutSeconds),
  };
}

function deleteBody(options: DeleteOptions | undefined): unknown {
  return {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    ...(options?.propagationPolicy === undefined ? {} : { propagationPolicy: options.propagationPolicy }),
    ...(options?.gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: options.gracePeriodSeconds }),
    ...(options?.preconditions === undefined ? {} : { preconditions: options.preconditions }),
    ...(options?.dryRun === true ? { dryRun: ['All'] } : {}),
  };
}
