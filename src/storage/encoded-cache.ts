import type { StoredObject } from './types.ts';

/**
 * Other encodings of stored objects (protobuf, Table rows, other versions), made on first use and kept within a bound in bytes; the least
 * recently used object goes first. Objects are immutable, so nothing has to be invalidated.
 */
export class EncodedCache {
  readonly #maxBytes: number;
  /** In order of last use. */
  readonly #byObject = new Map<StoredObject, Map<string, Uint8Array>>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The object in a form that `form` names in full (media type, version, kind), from the cache or made now. Never write to it. */
  get(stored: StoredObject, form: string, make: () => Uint8Array): Uint8Array {
    const forms = this.#byObject.get(stored);
    const known = forms?.get(form);
    if (forms) {
      this.#byObject.delete(stored);
      this.#byObject.set(stored, forms);
    }
    if (known) return known;
    const made = make();
    if (made.length > this.#maxBytes) return made;
    if (forms) forms.set(form, made);
    else this.#byObject.set(stored, new Map([[form, made]]));
    this.#bytes += made.length;
    this.#evict();
    return made;
  }

  #evict(): void {
    for (const [stored, forms] of this.#byObject) {
      if (this.#bytes <= this.#maxBytes) return;
      for (const bytes of forms.values()) this.#bytes -= bytes.length;
      this.#byObject.delete(stored);
    }
  }
}
