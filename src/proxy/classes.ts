/**
 * A frontend's value is 32 bits: bit 31 masquerade, bit 30 check source ranges, bits 20 to 29 the class, bits 0 to 19 the id of a group of
 * endpoints. A class says how many endpoints there are and how one is chosen; chains exist per class, never per Service.
 */
export const rejectClass = 0x3ff;
export const dropClass = 0x3fe;
/** The most endpoints a group can use: `numgen mod N` has a chain for each N. More are left out, the surplus being the last in order. */
export const maxEndpoints = 256;
/** Plain classes are 1 to 256; classes with affinity are handed out from here on. */
const firstAffinityClass = 512;

/** Hands out the class of (number of endpoints, affinity) and remembers which chains exist. */
export class Classes {
  readonly #affinity = new Map<string, number>();

  classFor(endpoints: number, affinitySeconds: number): number {
    if (endpoints === 0) return rejectClass;
    const n = Math.min(endpoints, maxEndpoints);
    if (affinitySeconds === 0) return n;
    const key = `${n}-${affinitySeconds}`;
    const known = this.#affinity.get(key);
    if (known !== undefined) return known;
    const next = firstAffinityClass + this.#affinity.size;
    // Out of classes: the Service keeps working, its clients just do not stick.
    if (next >= dropClass) return n;
    this.#affinity.set(key, next);
    return next;
  }

  /** Affinity classes handed out so far, in order. */
  affinityClasses(): { readonly endpoints: number; readonly seconds: number; readonly id: number }[] {
    return [...this.#affinity].map(([key, id]) => {
      const [endpoints, seconds] = key.split('-').map(Number);
      return { endpoints: endpoints!, seconds: seconds!, id };
    });
  }
}

/** nft prints and reads these values as a `tc` class: two hexadecimal halves. */
export function classid(value: number): string {
  return `${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`;
}

export function frontend(options: {
  readonly classId: number;
  readonly group: number;
  readonly masquerade?: boolean;
  readonly checkRanges?: boolean;
}): string {
  return classid(((options.masquerade ? 0x80000000 : 0) | (options.checkRanges ? 0x40000000 : 0) | (options.classId << 20) | options.group) >>> 0);
}

/** The value by which `classes` is looked up: the class bits alone. */
export function classKey(classId: number): string {
  return classid((classId << 20) >>> 0);
}
