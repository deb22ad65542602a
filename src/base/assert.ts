/** A broken invariant: a programmer error, never caught to go on. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** Ends the operation when `condition` does not hold; `why` states the invariant. */
export function assert(condition: unknown, why: string): asserts condition {
  if (!condition) throw new AssertionError(why);
}

/** For the default branch of a switch over a union: a missing case is a type error. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${String(value)}`);
}
