import type { CustomResourceDefinition, ResourceDefinition } from '../../api/index.ts';
import { formatTime, isConflict, isNotFound, type Json, type KubeObject } from '../../apimachinery/index.ts';
import type { ServerContext } from '../context.ts';
import { lookupOf } from '../lookup.ts';
import { definitionOf, rawSchemasOf } from './definition-of.ts';
import { type CrdStatus, isEstablished, namingStatus, sameStatus, type TakenNames } from './naming.ts';

const group = 'apiextensions.k8s.io';
const plural = 'customresourcedefinitions';
const path = `/apis/${group}/v1/${plural}`;
/** Holds a definition until its objects have gone. */
export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io';
const retryMs = 1000;

/**
 * Serves what CustomResourceDefinitions define: accepts their names, adds and removes resources, and deletes the objects of a definition
 * that goes. Resolves when all that are established are served.
 */
export async function startCustomResources(context: ServerContext): Promise<{ close(): void }> {
  if (!context.catalog.definition(group, plural)) return { close: () => {} };
  const controller = new CustomResources(context);
  await controller.start();
  return controller;
}

class CustomResources {
  readonly #context: ServerContext;
  readonly #ended = new AbortController();
  readonly #known = new Map<string, CustomResourceDefinition>();
  /** What is served, by the definition's name. */
  readonly #served = new Map<string, { readonly made: string; readonly definition: ResourceDefinition }>();
  /** Names with work to do, each once. */
  readonly #queue = new Set<string>();
  #working: Promise<void> | undefined;

  constructor(context: ServerContext) {
    this.#context = context;
  }

  async start(): Promise<void> {
    const changed = (crd: CustomResourceDefinition) => {
      this.#known.set(nameOf(crd), crd);
      this.#enqueue(nameOf(crd));
    };
    await lookupOf(this.#context).follow<CustomResourceDefinition>(
      { group, resource: plural },
      {
        reset: (all) => {
          const there = new Set(all.map(nameOf));
          for (const name of this.#known.keys()) if (!there.has(name)) this.#gone(name);
          for (const crd of all) changed(crd);
        },
        set: changed,
        delete: (crd) => this.#gone(nameOf(crd)),
      },
      this.#ended.signal,
    );
    await this.#working;
  }

  close(): void {
    this.#ended.abort(new Error('the server ends'));
  }

  #enqueue(name: string): void {
    // What is established already is served at once: a client that has seen the condition may come in the same moment.
    const crd = this.#known.get(name);
    if (crd && isEstablished(crd)) this.#serve(crd);
    this.#queue.add(name);
    this.#working ??= this.#work().finally(() => (this.#working = undefined));
  }

  #gone(name: string): void {
    this.#known.delete(name);
    this.#unserve(name);
    for (const crd of this.#known.values()) if (!isEstablished(crd)) this.#enqueue(nameOf(crd));
  }

  async #work(): Promise<void> {
    for (const name of this.#queue) {
      this.#queue.delete(name);
      if (this.#ended.signal.aborted) return;
      try {
        await this.#reconcile(name);
      } catch (error) {
        if (isNotFound(error) || isConflict(error)) continue;
        this.#context.logger.warn('a CustomResourceDefinition could not be reconciled, trying again', { name, error });
        this.#context.clock.after(retryMs, () => this.#enqueue(name));
      }
    }
  }

  async #reconcile(name: string): Promise<void> {
    const crd = this.#known.get(name);
    if (!crd) return;
    if (crd.metadata?.deletionTimestamp) return this.#finalize(crd);
    if (!crd.metadata?.finalizers?.includes(cleanupFinalizer)) {
      const finalizers = [...(crd.metadata?.finalizers ?? []), cleanupFinalizer];
      await this.#patch(name, '', { metadata: { finalizers, resourceVersion: undefined } });
    }
    const status = namingStatus(crd, this.#taken(crd), formatTime(this.#context.clock.now()));
    if (!sameStatus(crd.status, status)) await this.#patchStatus(name, status);
    else if (isEstablished(crd)) this.#serve(crd);
  }

  /** Names in the same group that other definitions, or built-in kinds, have. */
  #taken(crd: CustomResourceDefinition): TakenNames {
    const resources = new Set<string>();
    const kinds = new Set<string>();
    const add = (names: {
      readonly plural?: string;
      readonly singular?: string;
      readonly shortNames?: readonly string[];
      readonly kind?: string;
      readonly listKind?: string;
    }) => {
      for (const n of [names.plural, names.singular, ...(names.shortNames ?? [])]) if (n) resources.add(n);
      for (const n of [names.kind, names.listKind]) if (n) kinds.add(n);
    };
    for (const other of this.#known.values()) {
      if (other.spec.group === crd.spec.group && nameOf(other) !== nameOf(crd) && other.status?.acceptedNames) add(other.status.acceptedNames);
    }
    for (const d of this.#context.catalog.definitions()) if (d.group === crd.spec.group && !this.#context.catalog.isCustom(d)) add(d);
    return { resources, kinds };
  }

  #serve(crd: CustomResourceDefinition): void {
    const name = nameOf(crd);
    // All that a definition is made from.
    const made = JSON.stringify([crd.metadata?.generation, crd.status?.acceptedNames]);
    const before = this.#served.get(name);
    if (before?.made === made) return;
    const definition = this.#definitionOf(crd);
    if (!definition) return;
    if (before) this.#context.storage.release(before.definition);
    this.#served.set(name, { made, definition });
    this.#context.catalog.setCustom(definition, rawSchemasOf(crd));
  }

  /** Definitions come from clients: one that cannot be made sense of must not keep the others from being served. */
  #definitionOf(crd: CustomResourceDefinition): ResourceDefinition | undefined {
    try {
      return definitionOf(crd);
    } catch (error) {
      this.#context.logger.warn('a CustomResourceDefinition cannot be served', { name: nameOf(crd), error });
      return undefined;
    }
  }

  #unserve(name: string): void {
    const served = this.#served.get(name);
    if (!served) return;
    this.#served.delete(name);
    this.#context.catalog.removeCustom(served.definition.group, served.definition.plural);
    this.#context.storage.release(served.definition);
  }

  /** Deletes the definition's objects, then lets it go. */
  async #finalize(crd: CustomResourceDefinition): Promise<void> {
    const name = nameOf(crd);
    const finalizers = crd.metadata?.finalizers ?? [];
    if (!finalizers.includes(cleanupFinalizer)) return;
    const served = this.#served.get(name);
    if (served && (await this.#deleteObjects(served.definition)) > 0) {
      this.#context.clock.after(retryMs, () => this.#enqueue(name));
      return;
    }
    await this.#patch(name, '', { metadata: { finalizers: finalizers.filter((f) => f !== cleanupFinalizer) } });
  }

  /** How many are still there, held by finalizers of their own. */
  async #deleteObjects(definition: ResourceDefinition): Promise<number> {
    const { loopback, catalog, storage } = this.#context;
    const version = definition.versions.find((v) => v.served)?.version;
    const store = storage.resource(definition);
    if (version !== undefined && catalog.find(definition.group, version, definition.plural)) {
      const { items } = await store.list();
      const namespaces = definition.scope === 'Namespaced' ? new Set(items.map((i) => i.summary.namespace)) : new Set(['']);
      for (const namespace of items.length === 0 ? [] : namespaces) {
        const within = namespace === '' ? '' : `namespaces/${namespace}/`;
        await loopback.call({ method: 'DELETE', path: `/apis/${definition.group}/${version}/${within}${definition.plural}` });
      }
    }
    return (await store.list()).items.length;
  }

  #patch(name: string, subresource: string, body: Json | object): Promise<unknown> {
    const call = { method: 'PATCH' as const, path: `${path}/${name}${subresource}`, contentType: 'application/merge-patch+json', body };
    return this.#context.loopback.call(call);
  }

  async #patchStatus(name: string, status: CrdStatus): Promise<void> {
    await this.#patch(name, '/status', { status });
  }
}

function nameOf(object: KubeObject): string {
  return object.metadata?.name ?? '';
}
