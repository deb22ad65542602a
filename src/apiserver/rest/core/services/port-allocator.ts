import type { Rng } from '../../../../base/index.ts';
import { staticBand } from './ip-range.ts';

/** The node ports in use, by number and protocol owner. In memory: made from the Services at start, kept up to date by following them. */
export class PortAllocator {
  readonly #from: number;
  readonly #to: number;
  readonly #rng: Rng;
  readonly #used = new Map<number, number>();

  constructor(range: { readonly from: number; readonly to: number }, rng: Rng) {
    this.#from = range.from;
    this.#to = range.to;
    this.#rng = rng;
  }

  get rangeText(): string {
    return `${this.#from}-${this.#to}`;
  }

  inRange(port: number): boolean {
    return port >= this.#from && port <= this.#to;
  }

  has(port: number): boolean {
    return (this.#used.get(port) ?? 0) > 0;
  }

  /** Counts a use; several may hold one port while a Service passes from hand to hand. */
  hold(port: number): void {
    this.#used.set(port, (this.#used.get(port) ?? 0) + 1);
  }

  free(port: number): void {
    const uses = (this.#used.get(port) ?? 0) - 1;
    if (uses > 0) this.#used.set(port, uses);
    else this.#used.delete(port);
  }

  /** A free port, by chance, from the upper part of the range first; undefined when all are taken. */
  next(): number | undefined {
    const size = this.#to - this.#from + 1;
    const reserved = staticBand(size);
    return this.#search(this.#from + reserved, size - reserved) ?? this.#search(this.#from, reserved);
  }

  #search(from: number, size: number): number | undefined {
    if (size <= 0) return undefined;
    const start = this.#rng.int(size);
    for (let i = 0; i < size; i++) {
      const port = from + ((start + i) % size);
      if (!this.has(port)) return port;
    }
    return undefined;
  }
}
