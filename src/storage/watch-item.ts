import type { Recency } from './recency.ts';
import { splice } from './serve.ts';
import type { ServedNames } from './served-names.ts';
import type { WatchItem } from './store.ts';
import type { Stored } from './stored.ts';

interface ItemParts {
  readonly object?: Stored;
  readonly previous?: Stored | undefined;
  readonly initialEventsEnd?: boolean;
  readonly shared?: Recency<Item>;
}

/** An event as watchers see it. One for each form an event can take, shared by all watchers that see that form. */
export class Item implements WatchItem {
  readonly type: WatchItem['type'];
  readonly object: Stored | undefined;
  readonly previous: Stored | undefined;
  readonly revision: number;
  readonly initialEventsEnd: boolean;
  readonly #shared: Recency<Item> | undefined;
  #frames: Map<ServedNames, Buffer> | undefined;

  /** With `shared` the frames are kept for others for a while; without, an item is for one watcher. */
  constructor(type: WatchItem['type'], revision: number, about: ItemParts) {
    this.#shared = about.shared;
    this.type = type;
    this.revision = revision;
    this.object = about.object;
    this.previous = about.previous;
    this.initialEventsEnd = about.initialEventsEnd ?? false;
  }

  /** Items of one event that was just seen are asked for within the tick; who asks later makes its own. */
  frame(names: ServedNames): Buffer {
    const made = this.#frames?.get(names);
    if (made) return made;
    const frame = this.#make(names);
    if (!this.#shared) return frame;
    if (!this.#frames) {
      this.#frames = new Map();
      this.#shared.add(this);
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

interface EventParts {
  readonly object: Stored;
  readonly previous: Stored | undefined;
  readonly shared: Recency<Item>;
}

/** A change in the cache's history, with the forms it can take for watchers with selectors. */
export class CacheEvent {
  readonly key: string;
  readonly object: Stored;
  readonly previous: Stored | undefined;
  /** As it is without any selector. */
  readonly item: Item;
  readonly #shared: Recency<Item>;
  #added: Item | undefined;
  #left: Item | undefined;

  /** `object` of a deletion is the last state at the deletion's revision. */
  constructor(type: 'ADDED' | 'MODIFIED' | 'DELETED', key: string, about: EventParts) {
    this.key = key;
    this.object = about.object;
    this.previous = about.previous;
    this.#shared = about.shared;
    this.item = new Item(type, about.object.revision, about);
  }

  get revision(): number {
    return this.object.revision;
  }

  /** For a watcher whose selector the change made true. */
  get added(): Item {
    return (this.#added ??= new Item('ADDED', this.revision, { object: this.object, previous: this.previous, shared: this.#shared }));
  }

  /** For a watcher whose selector the change made false: the last selected state, at the revision of the change. */
  get left(): Item {
    const last = this.previous ?? this.object;
    return (this.#left ??= new Item('DELETED', this.revision, { object: last.at(this.revision), previous: this.previous, shared: this.#shared }));
  }
}
