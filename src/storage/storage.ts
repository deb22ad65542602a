import type { ResourceDefinition } from '../api/index.ts';
import { prefixEnd, resourcePrefix } from './keys.ts';
import { canonicalEncoder } from './layout.ts';
import { CachedResourceStore } from './resource-store.ts';
import type { ResourceOptions, ResourceStore, Storage, StorageOptions } from './store.ts';
import { TtlLeases } from './ttl-leases.ts';

/** Opens the objects of a store. Nothing is read before a resource is used. */
export function openStorage(options: StorageOptions): Storage {
  const { etcd, clock } = options;
  const root = options.prefix ?? '/registry';
  const leases = new TtlLeases(etcd, clock);
  const stores = new Map<string, CachedResourceStore>();

  const resource = (definition: ResourceDefinition, more: ResourceOptions = {}): ResourceStore => {
    const prefix = resourcePrefix(root, definition);
    const known = stores.get(nameOf(definition));
    if (known?.definition === definition) return known;
    known?.close();
    const store = new CachedResourceStore(definition, {
      ...more,
      etcd,
      clock,
      logger: options.logger,
      prefix,
      encoder: canonicalEncoder(definition.versions.find((v) => v.version === definition.storageVersion)?.schema),
      historyEvents: options.historyEvents ?? 10_000,
      historyBytes: options.historyBytes ?? 32 * 1024 * 1024,
      bookmarkPeriodMs: options.bookmarkPeriodMs ?? 60_000,
      leases,
    });
    stores.set(nameOf(definition), store);
    return store;
  };

  const release = (definition: ResourceDefinition): void => {
    stores.get(nameOf(definition))?.close();
    stores.delete(nameOf(definition));
  };

  return {
    resource,
    release,
    async purge(definition) {
      const key = resourcePrefix(root, definition);
      return (await etcd.deleteRange({ key, rangeEnd: prefixEnd(key) })).deleted;
    },
    async currentRevision() {
      if (etcd.local) return etcd.local.revision();
      return (await etcd.range({ key: `${root}/` })).revision;
    },
    async [Symbol.asyncDispose]() {
      for (const store of stores.values()) store.close();
      stores.clear();
    },
  };
}

const nameOf = (definition: ResourceDefinition) => `${definition.group}/${definition.plural}`;
