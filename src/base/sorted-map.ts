import sortedBTree from 'sorted-btree';

const BTree = sortedBTree.default;
const byUnits = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
/** Above every key that `SortedMap` is used with: no text starts with it. */
const last = '\uffff';

/** String keys in order of their UTF-16 units. `clone` is cheap and copies on write, so a reader can keep a snapshot. */
export class SortedMap<V> {
  readonly #tree: InstanceType<typeof BTree<string, V>>;

  constructor(tree?: InstanceType<typeof BTree<string, V>>) {
    this.#tree = tree ?? new BTree<string, V>(undefined, byUnits);
  }

  get size(): number {
    return this.#tree.size;
  }

  get(key: string): V | undefined {
    return this.#tree.get(key);
  }

  has(key: string): boolean {
    return this.#tree.has(key);
  }

  set(key: string, value: V): void {
    this.#tree.set(key, value);
  }

  delete(key: string): boolean {
    return this.#tree.delete(key);
  }

  clear(): void {
    this.#tree.clear();
  }

  /** A snapshot; both sides stay usable. */
  clone(): SortedMap<V> {
    return new SortedMap(this.#tree.clone());
  }

  values(): IterableIterator<V> {
    return this.#tree.values();
  }

  entries(): IterableIterator<[string, V]> {
    return this.#tree.entries();
  }

  /** Visits keys from `low` up to, not including, `high` (undefined = to the end); `visit` returns false to stop. The map must not change meanwhile. */
  forRange(low: string, high: string | undefined, visit: (value: V, key: string) => boolean | void): void {
    this.#tree.forRange(low, high ?? last, false, (key, value) => (visit(value, key) === false ? { break: true } : undefined));
  }

  /** Keys from `low` up to, not including, `high`. Costs a walk over the range, or over what is before it where it reaches the end. */
  countRange(low: string, high: string | undefined): number {
    const [first, end] = [this.#tree.minKey(), this.#tree.maxKey()];
    if (first === undefined || end === undefined || low > end) return 0;
    if (high === undefined || high > end) return low <= first ? this.#tree.size : this.#tree.size - this.#tree.forRange(first, low, false);
    return high <= low ? 0 : this.#tree.forRange(low, high, false);
  }
}
