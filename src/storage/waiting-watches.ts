import type { CacheWatch } from './cache-watch.ts';
import type { Selection } from './store.ts';
import type { Summary } from './types.ts';
import type { CacheEvent } from './watch-item.ts';

/** An indexed field with its place in `Summary.fields`. */
export interface IndexedField {
  readonly field: string;
  readonly at: number;
}

/**
 * The watches whose readers wait, so that an event costs only those that may care: a watch of one name, or of one value of an indexed field
 * (each node's pods), is looked at only when an event has that name or value, before or after the change.
 */
export class WaitingWatches {
  readonly #fields: readonly IndexedField[];
  readonly #general = new Set<CacheWatch>();
  readonly #byTopic = new Map<string, Set<CacheWatch>>();
  #touched = new Set<string>();

  constructor(fields: readonly IndexedField[]) {
    this.#fields = fields;
  }

  get isEmpty(): boolean {
    return this.#general.size === 0 && this.#byTopic.size === 0;
  }

  /** What a watch with this selection is about; undefined = anything. */
  topicOf(selection: Selection): string | undefined {
    if (selection.indexed && this.#fields.some((f) => f.field === selection.indexed!.field))
      return topic(selection.indexed.field, selection.indexed.value);
    return selection.name ? topic('', selection.name) : undefined;
  }

  add(watch: CacheWatch, about: string | undefined): void {
    if (about === undefined) this.#general.add(watch);
    else {
      const others = this.#byTopic.get(about);
      if (others) others.add(watch);
      else this.#byTopic.set(about, new Set([watch]));
    }
  }

  remove(watch: CacheWatch, about: string | undefined): void {
    if (about === undefined) this.#general.delete(watch);
    else {
      const others = this.#byTopic.get(about);
      others?.delete(watch);
      if (others?.size === 0) this.#byTopic.delete(about);
    }
  }

  /** Remembers what an event is about until the next `take`. */
  note(event: CacheEvent): void {
    if (this.#byTopic.size === 0) return;
    this.#noteSummary(event.object.summary);
    if (event.previous && event.previous.summary !== event.object.summary) this.#noteSummary(event.previous.summary);
  }

  #noteSummary(summary: Summary): void {
    this.#touched.add(topic('', summary.name));
    for (const { field, at } of this.#fields) this.#touched.add(topic(field, summary.fields[at] ?? ''));
  }

  /** Those to wake for what was noted. */
  *take(): Iterable<CacheWatch> {
    yield* this.#general;
    const touched = this.#touched;
    this.#touched = new Set();
    for (const about of touched) yield* this.#byTopic.get(about) ?? [];
  }
}

const topic = (field: string, value: string) => `${field}\0${value}`;
