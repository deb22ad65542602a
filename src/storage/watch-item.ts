import type { Recency } from './recency.ts';
import { splice } from './serve.ts';
import type { ServedNames } from './served-names.ts';
import type { WatchItem } from './store.ts';
import type { Stored } from './stored.ts';

/** An event as watchers see it. One for each form an event can take, shared by all watchers that see that form. */
export class Item implements WatchItem {
  readonly type: WatchItem['type'];
  readonly object: Stored | undefined;
  readonly previous: Stored | undefined;
  readonly revision: number;
  readonly initialEventsEnd: boolean;
  #frames: Map<ServedNames, Buffer> | undefined;

  constructor(type: WatchItem['type'], revision: number, about: { readonly object?: Stored; readonly previous?: Stored | undefined; readonly initialEventsEnd?: boolean }) {
    this.type = type;
    this.revision = revision;
    this.object = about.object;
    this.previous = about.previous;
    this.initialEventsEnd = about.initialEventsEnd ?? false;
  }

  frame(names: ServedNames, recent: Recency<Item> | undefined): Buffer {
    const made = this.#frames?.get(names);
    if (made) return made;
    const frame = this.#make(names);
    if (!this.#frames) {
      this.#frames = new Map();
      recent?.add(this);
    }
    this.#frames.set(names, frame);
    return frame;
  }

  forgetFrames(): void {
    this.#frames = undefined;
  }

  #make(names: ServedNames): Buffer {
    if (this.object) return splice(names.frameHeads[this.type], this.object, '}\n');
    const annotations = this.initialEventsEnd ? ',"annotations":{"k8s.io/initial-events-end":"true"}' : '';
    return Buffer.from(`${names.frameHeads.BOOKMARK}${this.revision}"${annotations},"creationTimestamp":null}}}\n`);
  }
}

/** A change in the cache's history, with the forms it can take for watchers with selectors. */
export class CacheEvent {
  readonly key: string;
  readonly object: Stored;
  readonly previous: Stored | undefined;
  /** As it is without any selector. */
  readonly item: Item;
  #added: Item | undefined;
  #left: Item | undefined;

  /** `object` of a deletion is the last state at the deletion's revision. */
  constructor(type: 'ADDED' | 'MODIFIED' | 'DELETED', key: string, about: { readonly object: Stored; readonly previous: Stored | undefined }) {
    this.key = key;
    this.object = about.object;
    this.previous = about.previous;
    this.item = new Item(type, about.object.revision, about);
  }

  get revision(): number {
    return this.object.revision;
  }

  /** For a watcher whose selector the change made true. */
  get added(): Item {
    return (this.#added ??= new Item('ADDED', this.revision, { object: this.object, previous: this.previous }));
  }

  /** For a watcher whose selector the change made false: the last selected state, at the revision of the change. */
  get left(): Item {
    const last = this.previous ?? this.object;
    return (this.#left ??= new Item('DELETED', this.revision, { object: last.at(this.revision), previous: this.previous }));
  }
}
