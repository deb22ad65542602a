import { findSchema } from '../../src/api/index.ts';
import {
  applyJsonPatch,
  applyMergePatch,
  applyStrategicMergePatch,
  failure,
  formatTime,
  type Json,
  type JsonObject,
  type KubeObject,
  type ObjectMeta,
  parseApiVersion,
  parseFieldSelector,
  parseLabelSelector,
  readJsonPatch,
  StatusError,
  statusErrors,
} from '../../src/apimachinery/index.ts';
import { FakeClock, type Clock } from '../../src/base/index.ts';
import { knownResources, type ResourceRef } from '../../src/client/index.ts';
import type { AuthenticatedRequest, Body, BodyStream, Handler, Reply } from '../../src/http/index.ts';

interface Row {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: string;
  readonly object: KubeObject;
  readonly revision: number;
}

interface Target {
  readonly ref: ResourceRef;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
}

export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly user: string;
  readonly query: string;
}

/** What a test may change of the server's behaviour: return a status to answer with, or undefined to go on. */
export type Intercept = (request: AuthenticatedRequest) => StatusError | undefined;

/**
 * A small API server in memory for tests of what stands on the client: objects by path, versions, selectors, watches with initial events and
 * bookmarks, patches, finalizers and graceful deletion. No validation, defaults or admission.
 */
export class FakeApiServer {
  readonly #clock: Clock;
  readonly #objects = new Map<string, KubeObject>();
  readonly #log: Row[] = [];
  readonly #watches = new Set<() => void>();
  readonly #refs: ResourceRef[];
  readonly requests: Recorded[] = [];
  intercept: Intercept | undefined;
  /** Refuses `sendInitialEvents`, as servers without WatchList do. */
  watchList = true;
  /** Versions up to this are answered with 410. */
  compactedRevision = 0;
  #revision = 100;
  #uid = 0;
  #name = 0;

  constructor(options: { readonly clock?: Clock; readonly custom?: readonly ResourceRef[] } = {}) {
    this.#clock = options.clock ?? new FakeClock();
    this.#refs = [...knownResources, ...(options.custom ?? [])];
  }

  readonly handler: Handler = async (request) => {
    this.requests.push({ method: request.method, path: request.path, user: request.user.name, query: request.query.toString() });
    try {
      const error = this.intercept?.(request);
      if (error !== undefined) throw error;
      return await this.#answer(request);
    } catch (error) {
      if (error instanceof StatusError) return value(error.code, error.status);
      return value(500, failure(500, 'InternalError', String(error)));
    }
  };

  /** The objects of a resource, e.g. `pods` or `deployments.apps`. */
  list<T extends KubeObject>(resource: string): readonly T[] {
    return [...this.#objects].filter(([key]) => key.startsWith(`${resource} `)).map(([, object]) => object as T);
  }

  get<T extends KubeObject>(resource: string, name: string, namespace = ''): T | undefined {
    return this.#objects.get(keyOf(resource, namespace, name)) as T | undefined;
  }

  /** Puts an object as it is, filling in uid, version and time. */
  put<T extends KubeObject>(resource: string, object: T): T {
    const old = this.#objects.get(keyOf(resource, object.metadata?.namespace ?? '', object.metadata?.name ?? ''));
    const ref = this.#refs.find((r) => nameOf(r) === resource);
    const type = ref === undefined ? {} : { apiVersion: apiVersion(ref), ...(ref.kind === undefined ? {} : { kind: ref.kind }) };
    const whole = { ...type, ...object, metadata: { ...this.#birth(), ...old?.metadata, ...object.metadata } };
    return this.#store(resource, whole, old === undefined ? 'ADDED' : 'MODIFIED') as T;
  }

  remove(resource: string, name: string, namespace = ''): void {
    this.#remove(resource, keyOf(resource, namespace, name));
  }

  /** Ends all watches, as a restart does. */
  endWatches(): void {
    for (const end of this.#watches) end();
  }

  #birth(): ObjectMeta {
    const serial = String(++this.#uid).padStart(12, '0');
    return { uid: `00000000-0000-4000-8000-${serial}`, creationTimestamp: formatTime(this.#clock.now()), generation: 1 };
  }

  async #answer(request: AuthenticatedRequest): Promise<Reply> {
    if (request.path === '/api' || request.path === '/apis') return value(200, this.#discovery(request.path === '/api'));
    const target = this.#target(request.path);
    switch (request.method) {
      case 'GET':
        if (request.query.get('watch') === 'true') return this.#watch(target, request);
        return value(200, target.name === '' ? this.#list(target, request) : this.#required(target));
      case 'POST':
        return value(201, this.#create(target, await bodyOf(request)));
      case 'PUT':
        return value(200, this.#update(target, await bodyOf(request)));
      case 'PATCH':
        return value(200, this.#patch(target, request, (await bodyOf(request)) as Json));
      case 'DELETE':
        return value(200, this.#delete(target, await bodyOf(request), request));
      default:
        throw statusErrors.badRequest(request.method);
    }
  }

  #target(path: string): Target {
    const parts = path.split('/').slice(1).map(decodeURIComponent);
    const [group, version, rest] = parts[0] === 'api' ? ['', parts[1], parts.slice(2)] : [parts[1], parts[2], parts.slice(3)];
    const namespaced = rest[0] === 'namespaces' && rest.length > 2 && this.#find(group!, version!, rest[2]!)?.namespaced === true;
    const [plural = '', name = '', subresource = ''] = namespaced ? rest.slice(2) : rest;
    const ref = this.#find(group!, version!, plural);
    if (ref === undefined) throw statusErrors.notFound({ group: group!, resource: plural }, '');
    return { ref, namespace: namespaced ? rest[1]! : '', name, subresource };
  }

  #find(group: string, version: string, plural: string): ResourceRef | undefined {
    return this.#refs.find((r) => r.group === group && r.version === version && r.plural === plural);
  }

  #required(target: Target): KubeObject {
    const found = this.#objects.get(keyOf(nameOf(target.ref), target.namespace, target.name));
    if (found === undefined) throw statusErrors.notFound(groupResource(target.ref), target.name);
    return found;
  }

  #selected(target: Target, request: AuthenticatedRequest): (object: KubeObject) => boolean {
    const labels = parseLabelSelector(request.query.get('labelSelector') ?? '');
    const fields = parseFieldSelector(request.query.get('fieldSelector') ?? '');
    return (object) =>
      (target.namespace === '' || object.metadata?.namespace === target.namespace) &&
      labels.matches(object.metadata?.labels) &&
      fields.requirements.every((r) => (fieldOf(object, r.field) === r.value) === (r.operator !== '!='));
  }

  #list(target: Target, request: AuthenticatedRequest): unknown {
    const items = this.list(nameOf(target.ref)).filter(this.#selected(target, request));
    const limit = Number(request.query.get('limit') ?? 0) || items.length;
    const from = Number(request.query.get('continue') ?? 0);
    const next = from + limit < items.length ? String(from + limit) : '';
    return {
      kind: `${target.ref.kind}List`,
      apiVersion: apiVersion(target.ref),
      metadata: { resourceVersion: String(this.#revision), ...(next === '' ? {} : { continue: next }) },
      items: items.slice(from, from + limit),
    };
  }

  #watch(target: Target, request: AuthenticatedRequest): Reply {
    const selected = this.#selected(target, request);
    const initial = request.query.get('sendInitialEvents') === 'true';
    if (initial && !this.watchList) throw new StatusError(failure(422, 'Invalid', 'sendInitialEvents: Forbidden: sendInitialEvents is forbidden'));
    const since = Number(request.query.get('resourceVersion') || this.#revision);
    if (!initial && since <= this.compactedRevision) throw statusErrors.expired('too old resource version');
    const first: unknown[] = initial
      ? this.list(nameOf(target.ref))
          .filter(selected)
          .map((object) => ({ type: 'ADDED', object }))
      : [];
    if (initial) first.push(bookmark(target.ref, this.#revision));
    return { kind: 'stream', status: 200, frames: this.#frames(nameOf(target.ref), { first, selected, from: initial ? this.#revision : since }) };
  }

  #frames(
    resource: string,
    options: { readonly first: unknown[]; readonly selected: (o: KubeObject) => boolean; readonly from: number },
  ): BodyStream {
    let revision = options.from;
    let first = options.first;
    let ended = false;
    let wake: (() => void) | undefined;
    const notify = () => wake?.();
    const end = () => {
      ended = true;
      this.#listeners.delete(notify);
      this.#watches.delete(end);
      notify();
    };
    this.#listeners.add(notify);
    this.#watches.add(end);
    const read = async (): Promise<readonly Body[] | undefined> => {
      for (;;) {
        if (ended) return undefined;
        const rows = this.#log.filter((r) => r.revision > revision && r.resource === resource);
        revision = this.#revision;
        const batch = [...first, ...rows.filter((r) => options.selected(r.object)).map((r) => ({ type: r.type, object: r.object }))];
        first = [];
        if (batch.length > 0) return batch.map(body);
        await new Promise<void>((resolve) => (wake = resolve));
      }
    };
    return { read, close: end };
  }

  readonly #listeners = new Set<() => void>();

  #create(target: Target, object: KubeObject): unknown {
    if (target.name !== '') return this.#createSubresource(target, object);
    const metadata = object.metadata ?? {};
    const name = metadata.name ?? `${metadata.generateName ?? ''}${String(++this.#name).padStart(5, '0')}`;
    const key = keyOf(nameOf(target.ref), target.namespace, name);
    if (this.#objects.has(key)) throw statusErrors.alreadyExists(groupResource(target.ref), name);
    const made = {
      ...object,
      apiVersion: apiVersion(target.ref),
      ...(target.ref.kind === undefined ? {} : { kind: target.ref.kind }),
      metadata: { ...metadata, name, ...(target.namespace === '' ? {} : { namespace: target.namespace }), ...this.#birth() },
    };
    return this.#store(nameOf(target.ref), made, 'ADDED');
  }

  #createSubresource(target: Target, object: KubeObject): unknown {
    if (target.subresource === 'binding') {
      const pod = this.#required(target) as KubeObject & { spec?: object };
      const node = (object as { target?: { name?: string } }).target?.name;
      this.#store(nameOf(target.ref), { ...pod, spec: { ...pod.spec, nodeName: node } } as KubeObject, 'MODIFIED');
    }
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
  }

  #update(target: Target, object: KubeObject): KubeObject {
    const old = this.#required(target);
    const version = object.metadata?.resourceVersion;
    if (version !== undefined && version !== old.metadata?.resourceVersion) {
      throw statusErrors.conflict(
        groupResource(target.ref),
        target.name,
        'the object has been modified; please apply your changes to the latest version and try again',
      );
    }
    return this.#write(target, old, object);
  }

  #write(target: Target, old: KubeObject, object: KubeObject): KubeObject {
    const [before, after] = [old as JsonObject & KubeObject, object as JsonObject & KubeObject];
    const onlyStatus = target.subresource === 'status' || target.subresource === 'approval';
    const next: JsonObject & KubeObject = onlyStatus
      ? ({ ...before, metadata: after.metadata, status: after['status'] } as JsonObject & KubeObject)
      : ({ ...after, ...(hasStatus(before, after) ? { status: before['status'] } : {}) } as JsonObject & KubeObject);
    const specChanged = JSON.stringify(before['spec']) !== JSON.stringify(next['spec']);
    const kept = {
      uid: old.metadata?.uid,
      creationTimestamp: old.metadata?.creationTimestamp,
      generation: (old.metadata?.generation ?? 1) + (specChanged ? 1 : 0),
      ...(old.metadata?.deletionTimestamp === undefined ? {} : { deletionTimestamp: old.metadata.deletionTimestamp }),
    };
    const { resourceVersion: _rv, ...metadata } = next.metadata ?? {};
    const result = { ...next, metadata: { ...metadata, ...kept } } as KubeObject;
    const { resourceVersion: version, ...oldMetadata } = old.metadata ?? {};
    if (sortedText({ ...old, metadata: oldMetadata }) === sortedText(result))
      return { ...old, metadata: { ...old.metadata, ...(version === undefined ? {} : { resourceVersion: version }) } };
    if (result.metadata?.deletionTimestamp !== undefined && emptyFinalizers(result) && graceOver(result)) {
      this.#remove(nameOf(target.ref), keyOf(nameOf(target.ref), target.namespace, target.name));
      return result;
    }
    return this.#store(nameOf(target.ref), result, 'MODIFIED');
  }

  #patch(target: Target, request: AuthenticatedRequest, patch: Json): KubeObject {
    const old = this.#required(target);
    const schema = findSchema(target.ref.group, target.ref.version, target.ref.kind ?? '');
    const type = request.headers['content-type'] ?? '';
    const apply = (): Json => {
      if (type.includes('json-patch')) return applyJsonPatch(old as Json, readJsonPatch(patch));
      if (type.includes('strategic') && schema !== undefined) return applyStrategicMergePatch(old as Json, patch, schema);
      return applyMergePatch(old as Json, patch);
    };
    const next = apply() as KubeObject;
    if (next.metadata?.uid !== old.metadata?.uid)
      throw statusErrors.conflict(groupResource(target.ref), target.name, 'Precondition failed: UID in precondition');
    return this.#update(target, next);
  }

  #delete(target: Target, options: KubeObject, request: AuthenticatedRequest): unknown {
    if (target.name === '') {
      const items = this.list(nameOf(target.ref)).filter(this.#selected(target, request));
      for (const item of items) this.#deleteOne({ ...target, namespace: item.metadata?.namespace ?? '', name: item.metadata?.name ?? '' }, options);
      return { kind: `${target.ref.kind}List`, metadata: {}, items };
    }
    return this.#deleteOne(target, options);
  }

  #deleteOne(target: Target, options: KubeObject): unknown {
    const object = this.#required(target);
    const resource = nameOf(target.ref);
    const { preconditions, propagationPolicy, gracePeriodSeconds } = options as {
      preconditions?: ObjectMeta;
      propagationPolicy?: string;
      gracePeriodSeconds?: number;
    };
    if (preconditions?.uid !== undefined && preconditions.uid !== object.metadata?.uid) {
      throw statusErrors.conflict(
        groupResource(target.ref),
        target.name,
        `Precondition failed: UID in precondition: ${preconditions.uid}, UID in object meta: ${object.metadata?.uid ?? ''}`,
      );
    }
    const extra = propagationPolicy === 'Foreground' ? ['foregroundDeletion'] : propagationPolicy === 'Orphan' ? ['orphan'] : [];
    const finalizers = [...new Set([...(object.metadata?.finalizers ?? []), ...extra])];
    const pod = object as { spec?: { nodeName?: string; finalizers?: readonly string[] }; status?: { phase?: string } };
    const phase = pod.status?.phase;
    const graceful =
      resource === 'pods' && pod.spec?.nodeName !== undefined && gracePeriodSeconds !== 0 && phase !== 'Succeeded' && phase !== 'Failed';
    const namespace = resource === 'namespaces' && (pod.spec?.finalizers ?? []).length > 0;
    if (finalizers.length === 0 && !graceful && !namespace) {
      this.#remove(resource, keyOf(resource, target.namespace, target.name));
      return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 200 };
    }
    const metadata: ObjectMeta = {
      ...object.metadata,
      ...(finalizers.length === 0 ? {} : { finalizers }),
      deletionTimestamp: object.metadata?.deletionTimestamp ?? formatTime(this.#clock.now()),
      deletionGracePeriodSeconds: graceful ? (gracePeriodSeconds ?? 30) : 0,
    };
    return this.#store(
      resource,
      { ...object, metadata, ...(namespace ? { status: { ...pod.status, phase: 'Terminating' } } : {}) } as KubeObject,
      'MODIFIED',
    );
  }

  #store(resource: string, object: KubeObject, type: Row['type']): KubeObject {
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.#revision) } };
    this.#objects.set(keyOf(resource, stored.metadata.namespace ?? '', stored.metadata.name ?? ''), stored);
    this.#append({ type, resource, object: stored, revision: this.#revision });
    return stored;
  }

  #remove(resource: string, key: string): void {
    const object = this.#objects.get(key);
    if (object === undefined) return;
    this.#objects.delete(key);
    const last = { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.#revision) } };
    this.#append({ type: 'DELETED', resource, object: last, revision: this.#revision });
  }

  #append(row: Row): void {
    this.#log.push(row);
    for (const notify of this.#listeners) notify();
  }

  #discovery(core: boolean): unknown {
    const versions = new Map<string, ResourceRef[]>();
    for (const ref of this.#refs) {
      if ((ref.group === '') !== core) continue;
      const key = apiVersion(ref);
      versions.set(key, [...(versions.get(key) ?? []), ref]);
    }
    const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
    const items = [...versions].map(([key, refs]) => ({
      metadata: { name: parseApiVersion(key)?.group ?? '' },
      versions: [
        {
          version: parseApiVersion(key)?.version,
          resources: refs.map((r) => ({
            resource: r.plural,
            responseKind: { group: r.group, version: r.version, kind: r.kind },
            scope: r.namespaced ? 'Namespaced' : 'Cluster',
            verbs: /review|bindings$|componentstatuses/.test(r.plural) && r.group !== 'rbac.authorization.k8s.io' ? ['create'] : verbs,
          })),
        },
      ],
    }));
    return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
  }
}

function value(status: number, content: unknown): Reply {
  return { kind: 'value', status, body: body(content) };
}

function body(content: unknown): Body {
  return { bytes: () => Buffer.from(JSON.stringify(content)), value: () => content };
}

async function bodyOf(request: AuthenticatedRequest): Promise<KubeObject> {
  const bytes = await request.body.bytes(3 * 1024 * 1024);
  return bytes.length === 0 ? {} : (JSON.parse(Buffer.from(bytes).toString('utf8')) as KubeObject);
}

function keyOf(resource: string, namespace: string, name: string): string {
  return `${resource} ${namespace}/${name}`;
}

function nameOf(ref: ResourceRef): string {
  return ref.group === '' ? ref.plural : `${ref.plural}.${ref.group}`;
}

function groupResource(ref: ResourceRef) {
  return { group: ref.group, resource: ref.plural };
}

function apiVersion(ref: ResourceRef): string {
  return ref.group === '' ? ref.version : `${ref.group}/${ref.version}`;
}

function bookmark(ref: ResourceRef, revision: number): unknown {
  const metadata = { resourceVersion: String(revision), creationTimestamp: null, annotations: { 'k8s.io/initial-events-end': 'true' } };
  return { type: 'BOOKMARK', object: { kind: ref.kind, apiVersion: apiVersion(ref), metadata } };
}

function fieldOf(object: KubeObject, path: string): string {
  let at: unknown = object;
  for (const part of path.split('.')) at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[part] : undefined;
  return typeof at === 'string' ? at : at === undefined ? '' : JSON.stringify(at);
}

function hasStatus(before: JsonObject, after: JsonObject): boolean {
  return before['status'] !== undefined || after['status'] !== undefined;
}

function emptyFinalizers(object: KubeObject): boolean {
  const spec = (object as { spec?: { finalizers?: readonly string[] } }).spec;
  return (object.metadata?.finalizers ?? []).length === 0 && (object.kind !== 'Namespace' || (spec?.finalizers ?? []).length === 0);
}

function graceOver(object: KubeObject): boolean {
  return (object.metadata?.deletionGracePeriodSeconds ?? 0) === 0;
}

function sortedText(content: unknown): string {
  return JSON.stringify(content, (_key, v: unknown) =>
    typeof v === 'object' && v !== null && !Array.isArray(v)
      ? Object.fromEntries(
          Object.entries(v)
            .filter(([, x]) => x !== undefined)
            .toSorted(([a], [b]) => (a < b ? -1 : 1)),
        )
      : v,
  );
}
