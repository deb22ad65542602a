import type { KubeObject } from '../apimachinery/index.ts';
import { keyText, type ObjectKey, objectKeyText } from './resource-ref.ts';

/** Index values of an object; an object may have none or several. */
export type Indexer<T> = (object: T) => readonly string[];

/** Read access to what an informer holds. Objects are shared and read-only. */
export interface Lister<T extends KubeObject = KubeObject> {
  get(key: ObjectKey): T | undefined;
  /** All objects, or those of one namespace. */
  list(namespace?: string): readonly T[];
  /** Objects whose indexer `index` gave `value`. Throws when the index does not exist. */
  byIndex(index: string, value: string): readonly T[];
}

/** Objects by key, with indexes that follow. */
export interface Store<T extends KubeObject = KubeObject> extends Lister<T> {
  readonly size: number;
  getByText(key: string): T | undefined;
  set(object: T): void;
  delete(key: string): void;
  values(): Iterable<T>;
  /** Adds an index and fills it; the same name twice must be the same function. */
  addIndexer(name: string, indexer: Indexer<T>): void;
}

const namespaceIndex = 'namespace';

class Index<T> {
  readonly of: Indexer<T>;
  readonly #keysByValue = new Map<string, Map<string, T>>();

  constructor(of: Indexer<T>) {
    this.of = of;
  }

  replace(key: string, old: T | undefined, object: T | undefined): void {
    if (old !== undefined) for (const value of this.of(old)) this.#remove(value, key);
    if (object === undefined) return;
    for (const value of this.of(object)) {
      let members = this.#keysByValue.get(value);
      if (members === undefined) this.#keysByValue.set(value, (members = new Map()));
      members.set(key, object);
    }
  }

  members(value: string): readonly T[] {
    const members = this.#keysByValue.get(value);
    return members === undefined ? [] : [...members.values()];
  }

  #remove(value: string, key: string): void {
    const members = this.#keysByValue.get(value);
    members?.delete(key);
    if (members?.size === 0) this.#keysByValue.delete(value);
  }
}

class IndexedStore<T extends KubeObject> implements Store<T> {
  readonly #objects = new Map<string, T>();
  readonly #indexes = new Map<string, Index<T>>([[namespaceIndex, new Index<T>((o) => [o.metadata?.namespace ?? ''])]]);

  get size(): number {
    return this.#objects.size;
  }

  get(key: ObjectKey): T | undefined {
    return this.#objects.get(keyText(key));
  }

  getByText(key: string): T | undefined {
    return this.#objects.get(key);
  }

  list(namespace?: string): readonly T[] {
    return namespace === undefined || namespace === '' ? [...this.#objects.values()] : this.byIndex(namespaceIndex, namespace);
  }

  byIndex(name: string, value: string): readonly T[] {
    const index = this.#indexes.get(name);
    if (index === undefined) throw new Error(`no index is named ${name}`);
    return index.members(value);
  }

  values(): Iterable<T> {
    return this.#objects.values();
  }

  set(object: T): void {
    const key = objectKeyText(object);
    const old = this.#objects.get(key);
    this.#objects.set(key, object);
    for (const index of this.#indexes.values()) index.replace(key, old, object);
  }

  delete(key: string): void {
    const old = this.#objects.get(key);
    if (old === undefined) return;
    this.#objects.delete(key);
    for (const index of this.#indexes.values()) index.replace(key, old, undefined);
  }

  addIndexer(name: string, indexer: Indexer<T>): void {
    const present = this.#indexes.get(name);
    if (present !== undefined) {
      if (present.of !== indexer) throw new Error(`index ${name} exists with another function`);
      return;
    }
    const index = new Index<T>(indexer);
    for (const [key, object] of this.#objects) index.replace(key, undefined, object);
    this.#indexes.set(name, index);
  }
}

/** An empty store, indexed by namespace. */
export function createStore<T extends KubeObject = KubeObject>(): Store<T> {
  return new IndexedStore<T>();
}

/** The name of the index every informer of this project may share: by uid of the controlling owner. */
export const controllerUidIndex = 'controllerUid';

/** Indexes by the uid of the owner that has `controller: true`; orphans are under ''. */
export function byControllerUid(object: KubeObject): readonly string[] {
  const controller = object.metadata?.ownerReferences?.find((r) => r.controller === true);
  return [controller?.uid ?? ''];
}
