import type { Clock } from '../base/index.ts';

/** Expectations that were not met in time are taken for lost: the cache is trusted again (controller.ExpectationsTimeout upstream). */
const timeoutMs = 5 * 60_000;

interface Expected {
  creations: number;
  readonly deletions: Set<string>;
  readonly setMs: number;
}

/**
 * What a controller has done that its cache does not show yet, by the key of the owner. While some is outstanding, the owner's next
 * reconcile must not count what it owns: it would create or delete twice.
 */
export class Expectations {
  readonly #clock: Clock;
  readonly #byOwner = new Map<string, Expected>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  expectCreations(owner: string, count: number): void {
    this.#of(owner).creations += count;
  }

  /** `uids` of the objects about to be deleted. */
  expectDeletions(owner: string, uids: readonly string[]): void {
    const { deletions } = this.#of(owner);
    for (const uid of uids) deletions.add(uid);
  }

  /** Seen in the cache, or failed to be created. */
  creationObserved(owner: string): void {
    const expected = this.#byOwner.get(owner);
    if (expected !== undefined && expected.creations > 0) expected.creations--;
  }

  deletionObserved(owner: string, uid: string): void {
    this.#byOwner.get(owner)?.deletions.delete(uid);
  }

  satisfied(owner: string): boolean {
    const expected = this.#byOwner.get(owner);
    if (expected === undefined) return true;
    if (expected.creations > 0 || expected.deletions.size > 0) {
      if (this.#clock.monotonicMs() - expected.setMs < timeoutMs) return false;
    }
    this.#byOwner.delete(owner);
    return true;
  }

  forget(owner: string): void {
    this.#byOwner.delete(owner);
  }

  #of(owner: string): Expected {
    let expected = this.#byOwner.get(owner);
    if (expected === undefined) this.#byOwner.set(owner, (expected = { creations: 0, deletions: new Set(), setMs: this.#clock.monotonicMs() }));
    return expected;
  }
}
