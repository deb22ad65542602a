import { assert } from '../base/index.ts';
import type { ServedNames } from './served-names.ts';
import type { WatchItem } from './store.ts';
import { Item } from './watch-item.ts';

/**
 * The frame of a watch item as JSON with a line feed: `{"type":"ADDED","object":{…}}`. Made at the first call for these names and the same
 * bytes for everyone after that: never write to it.
 */
export function watchFrame(item: WatchItem, names: ServedNames): Uint8Array {
  assert(item instanceof Item, 'watch items come from a ResourceWatch');
  return item.frame(names);
}
