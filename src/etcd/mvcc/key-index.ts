import { SortedMap } from '../../base/index.ts';
import type { KeyRange, KeyValue } from '../types.ts';

/** One state of a key. A tombstone has version 0. `sub` orders the changes of one revision. */
export interface Version extends KeyValue {
  readonly sub: number;
}

/** A key's states since the last compaction, oldest first; at most one a revision. */
export interface KeyHistory {
  readonly key: string;
  versions: Version[];
}

export const isTombstone = (v: Version): boolean => v.version === 0;

/** All keys in order, each with its history. */
export class KeyIndex {
  readonly #tree = new SortedMap<KeyHistory>();

  get size(): number {
    return this.#tree.size;
  }

  history(key: string): KeyHistory | undefined {
    return this.#tree.get(key);
  }

  /** The key's newest state, a tombstone included. */
  newest(key: string): Version | undefined {
    return this.#tree.get(key)?.versions.at(-1);
  }

  add(version: Version): void {
    const history = this.#tree.get(version.key);
    if (history) history.versions.push(version);
    else this.#tree.set(version.key, { key: version.key, versions: [version] });
  }

  remove(key: string): void {
    this.#tree.delete(key);
  }

  /** Calls `visit` with each key's state at `revision`, in order, leaving out what did not exist; `visit` returns false to stop. */
  forRange(range: KeyRange, revision: number, visit: (kv: Version) => boolean): void {
    const { key, rangeEnd } = range;
    if (rangeEnd === undefined) {
      const history = this.#tree.get(key);
      const kv = history && stateAt(history, revision);
      if (kv) visit(kv);
      return;
    }
    if (rangeEnd !== '\0' && rangeEnd <= key) return;
    this.#tree.forRange(key, rangeEnd === '\0' ? undefined : rangeEnd, (history) => {
      const kv = stateAt(history, revision);
      return !kv || visit(kv);
    });
  }
}

/** The state that was current at `revision`; undefined when the key did not exist then. */
export function stateAt(history: KeyHistory, revision: number): Version | undefined {
  const { versions } = history;
  for (let i = versions.length - 1; i >= 0; i--) {
    const v = versions[i]!;
    if (v.modRevision <= revision) return isTombstone(v) ? undefined : v;
  }
  return undefined;
}
