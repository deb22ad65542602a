/** A priority queue whose members have keys: the least by `less` comes out first; a member can be replaced or removed by its key. O(log n). */
export class KeyedHeap<T> {
  readonly #items: { key: string; value: T }[] = [];
  readonly #places = new Map<string, number>();
  readonly #compare: (a: T, b: T) => number;

  /** `compare` is negative when `a` comes out before `b`. */
  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#items.length;
  }

  get(key: string): T | undefined {
    const place = this.#places.get(key);
    return place === undefined ? undefined : this.#items[place]!.value;
  }

  set(key: string, value: T): void {
    const place = this.#places.get(key) ?? this.#items.length;
    this.#put(place, { key, value });
    this.#sink(this.#rise(place));
  }

  delete(key: string): boolean {
    const place = this.#places.get(key);
    if (place === undefined) return false;
    this.#places.delete(key);
    const last = this.#items.pop()!;
    if (place < this.#items.length) {
      this.#put(place, last);
      this.#sink(this.#rise(place));
    }
    return true;
  }

  peek(): T | undefined {
    return this.#items[0]?.value;
  }

  pop(): T | undefined {
    const first = this.#items[0];
    if (!first) return undefined;
    this.delete(first.key);
    return first.value;
  }

  #put(place: number, item: { key: string; value: T }): void {
    this.#items[place] = item;
    this.#places.set(item.key, place);
  }

  #rise(place: number): number {
    const item = this.#items[place]!;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.#compare(item.value, this.#items[parent]!.value) >= 0) break;
      this.#put(place, this.#items[parent]!);
      place = parent;
    }
    this.#put(place, item);
    return place;
  }

  #sink(place: number): void {
    const item = this.#items[place]!;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.#items.length) break;
      if (child + 1 < this.#items.length && this.#compare(this.#items[child + 1]!.value, this.#items[child]!.value) < 0) child++;
      if (this.#compare(this.#items[child]!.value, item.value) >= 0) break;
      this.#put(place, this.#items[child]!);
      place = child;
    }
    this.#put(place, item);
  }
}
