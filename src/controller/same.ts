import { equalJson, type Json } from '../apimachinery/index.ts';

/** Whether two values of the API are the same JSON; absent and undefined are one. */
export function same(a: unknown, b: unknown): boolean {
  return equalJson(a as Json | undefined, b as Json | undefined);
}
