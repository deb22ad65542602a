import type { LabelSelector } from '../api/index.ts';
import { getKey, nothing, type Selector, SelectorError, selectorFromObject } from '../apimachinery/index.ts';

type Labels = Readonly<Record<string, string>> | undefined;

/** Selectors as read, by identity: objects of the cache are never changed. */
const read = new WeakMap<LabelSelector, Selector>();

function selectorOf(selector: LabelSelector): Selector {
  let found = read.get(selector);
  if (found === undefined) {
    try {
      found = selectorFromObject(selector);
    } catch (error) {
      // Validation keeps such out; one that cannot be read selects nothing.
      if (!(error instanceof SelectorError)) throw error;
      found = nothing;
    }
    read.set(selector, found);
  }
  return found;
}

/** Whether `labels` fulfil a metav1.LabelSelector. An absent selector matches nothing, an empty one everything. */
export function selectorMatches(selector: LabelSelector | undefined, labels: Labels): boolean {
  return selector !== undefined && selectorOf(selector).matches(labels);
}

/** Whether a selector is one that matches everything. */
export function selectsEverything(selector: LabelSelector | undefined): boolean {
  return selector !== undefined && Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;
}

/** Equality selectors of Services and ReplicationControllers: an empty or absent one matches nothing here. */
export function mapMatches(selector: Labels, labels: Labels): boolean {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => getKey(labels, key) === value);
}
