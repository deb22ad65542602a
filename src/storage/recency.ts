/** Remembers the last `capacity` things that hold something dear, and calls `evict` for the one that falls out. */
export class Recency<T> {
  readonly #ring: (T | undefined)[];
  readonly #evict: (item: T) => void;
  #next = 0;

  constructor(capacity: number, evict: (item: T) => void) {
    this.#ring = Array.from({ length: capacity });
    this.#evict = evict;
  }

  add(item: T): void {
    const old = this.#ring[this.#next];
    this.#ring[this.#next] = item;
    this.#next = (this.#next + 1) % this.#ring.length;
    if (old !== undefined) this.#evict(old);
  }
}
