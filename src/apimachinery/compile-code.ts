import { compileFunction } from 'node:vm';

/**
 * Makes a function from source that was generated from a schema: `make` gets the runtime's helpers as `R` and the constants as `K`, and
 * returns the function. What comes from outside (names of fields) may stand in the source as JSON strings only.
 */
export function compileCode<F, R extends object>(body: string, runtime: R, constants: readonly unknown[]): F {
  const make = compileFunction(`'use strict';\n${body}`, ['R', 'K']) as (r: R, k: readonly unknown[]) => F;
  return make(runtime, constants);
}
