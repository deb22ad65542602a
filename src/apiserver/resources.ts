import type { EncodedCache, Storage } from '../storage/index.ts';
import type { ResourceCatalog, ServedResource } from './catalog.ts';
import { Resource } from './resource.ts';

/** The runtime forms of what a catalog serves, made at their first use. */
export class Resources {
  readonly #catalog: ResourceCatalog;
  readonly #storage: Storage;
  readonly #encoded: EncodedCache;
  readonly #made = new WeakMap<ServedResource, Resource>();

  constructor(catalog: ResourceCatalog, storage: Storage, encoded: EncodedCache) {
    this.#catalog = catalog;
    this.#storage = storage;
    this.#encoded = encoded;
  }

  find(group: string, version: string, plural: string): Resource | undefined {
    const served = this.#catalog.find(group, version, plural);
    if (!served) return undefined;
    const known = this.#made.get(served);
    if (known) return known;
    const made = new Resource(served, this.#storage, this.#encoded);
    this.#made.set(served, made);
    return made;
  }

  /** In the first version that is served. Throws where there is no such resource. */
  get(group: string, plural: string): Resource {
    const version = this.#catalog.definition(group, plural)?.versions.find((v) => v.served)?.version;
    const found = version === undefined ? undefined : this.find(group, version, plural);
    if (!found) throw new Error(`no resource ${plural} is served in group ${group === '' ? 'core' : group}`);
    return found;
  }
}
