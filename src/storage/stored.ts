import { asBuffer } from '../base/index.ts';
import type { KubeObject, ManagedFieldsEntry } from '../apimachinery/index.ts';
import { lengthBytes, managedFieldsOf, restOf } from './layout.ts';
import type { Recency } from './recency.ts';
import type { StoredObject, Summary } from './types.ts';

/** What all objects of a resource share. */
export interface StoredShape {
  /** `{"kind":"Pod","apiVersion":"v1","metadata":{"resourceVersion":"` of the storage version. */
  readonly head: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** Which objects keep their parsed form for now. */
  readonly recent: Recency<Stored>;
}

/** A stored object: the store's bytes by reference, the revision and the summary beside them. */
export class Stored implements StoredObject {
  readonly summary: Summary;
  readonly revision: number;
  /** As in the store (see `layout.ts`); shared with an embedded store. */
  readonly bytes: Uint8Array;
  readonly #shape: StoredShape;
  #value: KubeObject | undefined;
  #bare: KubeObject | undefined;
  #adopted: KubeObject | undefined;

  constructor(shape: StoredShape, bytes: Uint8Array, about: { readonly revision: number; readonly summary: Summary }) {
    this.#shape = shape;
    this.bytes = bytes;
    this.revision = about.revision;
    this.summary = about.summary;
  }

  get managedFields(): string {
    return managedFieldsOf(this.bytes);
  }

  get rest(): Uint8Array {
    return restOf(this.bytes);
  }

  /** managedFields and rest in one piece: what follows `"resourceVersion":"N",` when the object is sent. */
  get body(): Uint8Array {
    return this.bytes.subarray(lengthBytes);
  }

  value(): KubeObject {
    if (this.#value) return this.#value;
    const adopted = this.#adopted;
    this.#adopted = undefined;
    this.#value = adopted ? this.#complete(adopted) : JSON.parse(this.#text(asBuffer(this.bytes).toString('utf8', lengthBytes)));
    if (!adopted) this.#shape.recent.add(this);
    return this.#value!;
  }

  /** `value()` without managedFields: half the parse. Shared, like it. */
  bare(): KubeObject {
    if (this.#bare) return this.#bare;
    const whole = this.#value ?? this.#adopted;
    if (whole) this.#bare = this.#named(whole, undefined);
    else {
      this.#bare = JSON.parse(this.#text(asBuffer(this.rest).toString('utf8'))) as KubeObject;
      this.#shape.recent.add(this);
    }
    return this.#bare;
  }

  /** Spares the first parse: the writer had the object in hand. */
  adopt(object: KubeObject): void {
    this.#adopted = object;
    this.#shape.recent.add(this);
  }

  #complete(object: KubeObject): KubeObject {
    const { managedFields } = this;
    return this.#named(object, managedFields === '' ? undefined : (JSON.parse(managedFields) as readonly ManagedFieldsEntry[]));
  }

  /** An object that was written, as one that is read: with its kind and revision. */
  #named(object: KubeObject, managedFields: readonly ManagedFieldsEntry[] | undefined): KubeObject {
    const { managedFields: _old, ...metadata } = object.metadata ?? {};
    const { kind, apiVersion } = this.#shape;
    const resourceVersion = String(this.revision);
    return { ...object, kind, apiVersion, metadata: { ...metadata, resourceVersion, ...(managedFields ? { managedFields } : {}) } };
  }

  /** The same content at another revision: what a DELETED event carries. */
  at(revision: number): Stored {
    return new Stored(this.#shape, this.bytes, { revision, summary: this.summary });
  }

  forgetValue(): void {
    this.#value = undefined;
    this.#bare = undefined;
    this.#adopted = undefined;
  }

  #text(body: string): string {
    return `${this.#shape.head}${this.revision}",${body}`;
  }
}
