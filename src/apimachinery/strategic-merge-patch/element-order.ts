import { equalJson, hasKey, isJsonObject } from '../client-keys.ts';
import type { Json } from '../meta.ts';

export interface ElementOrder {
  /** The patch's `$setElementOrder`: objects with the merge key, or primitive values. */
  readonly order: readonly Json[];
  /** The list as it was before the patch. */
  readonly server: readonly Json[];
  /** '' in lists of primitives. */
  readonly mergeKey: string;
}

/**
 * Puts a merged list in order: what the patch names as it says, what only the server has in the server's order; between the two kinds, the
 * server's order where it knows both, else the patch's elements first.
 */
export function orderElements(merged: readonly Json[], { order, server, mergeKey }: ElementOrder): Json[] {
  const identity = (item: Json): Json => (mergeKey !== '' && isJsonObject(item) && hasKey(item, mergeKey) ? item[mergeKey]! : item);
  const rank = (list: readonly Json[], item: Json) => {
    const id = identity(item);
    return list.findIndex((other) => equalJson(identity(other), id));
  };
  const named: { readonly item: Json; readonly rank: number }[] = [];
  const serverOnly: { readonly item: Json; readonly rank: number }[] = [];
  for (const item of merged) {
    const at = rank(order, item);
    if (at < 0) serverOnly.push({ item, rank: rank(server, item) });
    else named.push({ item, rank: at });
  }
  named.sort((a, b) => a.rank - b.rank);
  serverOnly.sort((a, b) => a.rank - b.rank);
  const out: Json[] = [];
  let i = 0;
  let j = 0;
  while (i < serverOnly.length && j < named.length) {
    const left = serverOnly[i]!;
    const right = rank(server, named[j]!.item);
    if (right >= 0 && left.rank >= 0 && left.rank < right) {
      out.push(left.item);
      i++;
    } else out.push(named[j++]!.item);
  }
  while (i < serverOnly.length) out.push(serverOnly[i++]!.item);
  while (j < named.length) out.push(named[j++]!.item);
  return out;
}
