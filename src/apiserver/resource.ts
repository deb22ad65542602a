import { apiVersionOf, type GroupResource, type GroupVersionKind, type KubeObject, ManagersCache } from '../apimachinery/index.ts';
import type { ResourceVersion } from '../api/index.ts';
import { type EncodedCache, type ResourceStore, type ServedNames, servedNames, type Storage, type StoredObject } from '../storage/index.ts';
import type { ServedResource } from './catalog.ts';
import { Negotiator } from './replies/negotiation.ts';

/** A served resource with all that answering requests for it needs, made once. */
export class Resource {
  readonly served: ServedResource;
  readonly definition: ServedResource['definition'];
  readonly version: ResourceVersion;
  readonly storageVersion: ResourceVersion;
  readonly store: ResourceStore;
  /** Selectable fields that are looked up instead of scanned. */
  readonly indexes: ReadonlySet<string>;
  readonly groupResource: GroupResource;
  readonly kind: GroupVersionKind;
  readonly apiVersion: string;
  readonly storageApiVersion: string;
  readonly names: ServedNames;
  readonly custom: boolean;
  /** Whether what is stored is what is served: then bytes are sent as they are. */
  readonly sameShape: boolean;
  /** Protobuf and other encodings, shared by the server's resources. */
  readonly encoded: EncodedCache;
  /** Parsed managedFields texts, which repeat from object to object. */
  readonly managers = new ManagersCache(512);
  readonly objects: Negotiator;
  readonly lists: Negotiator;
  readonly watches: Negotiator;

  constructor(served: ServedResource, storage: Storage, encoded: EncodedCache) {
    this.encoded = encoded;
    const { definition, version, custom } = served;
    this.served = served;
    this.definition = definition;
    this.version = version;
    this.custom = custom;
    const storageVersion = definition.versions.find((v) => v.version === definition.storageVersion);
    if (!storageVersion) throw new Error(`${definition.plural}.${definition.group} has no version ${definition.storageVersion} to be stored in`);
    this.storageVersion = storageVersion;
    this.indexes = new Set(Object.keys(definition.selectableFields).filter((f) => indexedFields.has(f)));
    this.store = storage.resource(definition, { indexes: [...this.indexes] });
    this.groupResource = { group: definition.group, resource: definition.plural };
    this.kind = { group: definition.group, version: version.version, kind: definition.kind };
    this.apiVersion = apiVersionOf(definition.group, version.version);
    this.storageApiVersion = apiVersionOf(definition.group, definition.storageVersion);
    this.sameShape = !version.fromStorage;
    this.names = servedNames({ apiVersion: this.apiVersion, kind: definition.kind, listKind: definition.listKind, namedItems: custom });
    const protobuf = !custom;
    this.objects = new Negotiator({ protobuf, forms: ['Table', 'PartialObjectMetadata'] });
    this.lists = new Negotiator({ protobuf, forms: ['Table', 'PartialObjectMetadataList'], preferStored: true });
    this.watches = new Negotiator({ protobuf, forms: ['Table', 'PartialObjectMetadata'], preferStored: true });
  }

  get namespaced(): boolean {
    return this.definition.scope === 'Namespaced';
  }

  /** A stored object in the served version. Shared, read-only. */
  toServed(stored: StoredObject): KubeObject {
    return this.serve(stored.value());
  }

  /** An object of the storage version in the served one, with its kind and apiVersion. */
  serve(object: KubeObject): KubeObject {
    const converted = this.version.fromStorage ? this.version.fromStorage(object) : object;
    if (converted.apiVersion === this.apiVersion && converted.kind === this.definition.kind) return converted;
    const { apiVersion: _a, kind: _k, ...rest } = converted;
    return { kind: this.definition.kind, apiVersion: this.apiVersion, ...rest };
  }

  /** An object of the served version in the storage one. */
  toStorage(object: KubeObject): KubeObject {
    const converted = this.version.toStorage ? this.version.toStorage(object) : object;
    if (converted.apiVersion === this.storageApiVersion) return converted;
    return { ...converted, apiVersion: this.storageApiVersion };
  }
}

/** Fields that clients watch by: an index instead of a scan. */
const indexedFields: ReadonlySet<string> = new Set(['spec.nodeName', 'involvedObject.uid', 'involvedObject.name']);
