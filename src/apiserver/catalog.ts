import type { ResourceDefinition, ResourceVersion } from '../api/index.ts';
import type { Json } from '../apimachinery/index.ts';

/** A resource in one served version: what a URL's group, version and plural name. */
export interface ServedResource {
  readonly definition: ResourceDefinition;
  readonly version: ResourceVersion;
  readonly custom: boolean;
}

/** A resource as the catalog keeps it. */
export interface CatalogEntry {
  readonly definition: ResourceDefinition;
  readonly custom: boolean;
  /** Custom resources: the OpenAPI v3 schema as its CustomResourceDefinition has it, by version. */
  readonly rawSchemas?: Readonly<Record<string, Json>>;
}

/**
 * The resources an API server serves, changed when CustomResourceDefinitions come and go. Lookups are made for every request and cost a
 * map access or two.
 */
export class ResourceCatalog {
  readonly #entries = new Map<string, CatalogEntry>();
  readonly #served = new Map<string, ServedResource>();
  readonly #listeners = new Set<() => void>();
  #generation = 0;

  constructor(builtIn: readonly ResourceDefinition[]) {
    for (const definition of builtIn) this.#entries.set(entryKey(definition.group, definition.plural), { definition, custom: false });
    this.#rebuild();
  }

  /** Grows by one with each change: what is derived from the catalog (discovery, OpenAPI) is made anew then. */
  get generation(): number {
    return this.#generation;
  }

  find(group: string, version: string, plural: string): ServedResource | undefined {
    return this.#served.get(servedKey(group, version, plural));
  }

  definition(group: string, plural: string): ResourceDefinition | undefined {
    return this.#entries.get(entryKey(group, plural))?.definition;
  }

  /** The served resource of a kind; undefined when there is none. */
  findKind(group: string, version: string, kind: string): ServedResource | undefined {
    for (const served of this.#served.values()) {
      if (served.definition.kind === kind && served.definition.group === group && served.version.version === version) return served;
    }
    return undefined;
  }

  /** All definitions: built-in ones in registry order, then custom ones in order of arrival. */
  definitions(): readonly ResourceDefinition[] {
    return [...this.#entries.values()].map((e) => e.definition);
  }

  /** The same with what OpenAPI needs of custom ones. */
  entries(): readonly CatalogEntry[] {
    return [...this.#entries.values()];
  }

  served(): Iterable<ServedResource> {
    return this.#served.values();
  }

  /** Whether any resource of this group version is served. */
  hasGroupVersion(group: string, version: string): boolean {
    for (const s of this.#served.values()) if (s.definition.group === group && s.version.version === version) return true;
    return false;
  }

  isCustom(definition: ResourceDefinition): boolean {
    return this.#entries.get(entryKey(definition.group, definition.plural))?.custom ?? false;
  }

  /** Adds or replaces a custom resource. Built-in ones cannot be replaced. */
  setCustom(definition: ResourceDefinition, rawSchemas: Readonly<Record<string, Json>>): void {
    const key = entryKey(definition.group, definition.plural);
    if (this.#entries.get(key)?.custom === false) return;
    this.#entries.set(key, { definition, custom: true, rawSchemas });
    this.#changed();
  }

  removeCustom(group: string, plural: string): void {
    const key = entryKey(group, plural);
    if (!this.#entries.get(key)?.custom) return;
    this.#entries.delete(key);
    this.#changed();
  }

  /** Calls `listener` after each change; returns how to stop that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed(): void {
    this.#generation++;
    this.#rebuild();
    for (const listener of this.#listeners) listener();
  }

  #rebuild(): void {
    const before = new Map(this.#served);
    this.#served.clear();
    for (const { definition, custom } of this.#entries.values()) {
      for (const version of definition.versions) {
        if (!version.served) continue;
        const key = servedKey(definition.group, version.version, definition.plural);
        const same = before.get(key);
        this.#served.set(key, same?.version === version ? same : { definition, version, custom });
      }
    }
  }
}

function entryKey(group: string, plural: string): string {
  return `${group}/${plural}`;
}

function servedKey(group: string, version: string, plural: string): string {
  return `${group}/${version}/${plural}`;
}
