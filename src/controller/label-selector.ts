import type { LabelSelector } from '../api/index.ts';
import { getKey } from '../apimachinery/index.ts';

type Labels = Readonly<Record<string, string>> | undefined;

/** Whether `labels` fulfil a metav1.LabelSelector. An absent selector matches nothing, an empty one everything. */
export function selectorMatches(selector: LabelSelector | undefined, labels: Labels): boolean {
  if (selector === undefined) return false;
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) if (getKey(labels, key) !== value) return false;
  return (selector.matchExpressions ?? []).every((requirement) => {
    const value = getKey(labels, requirement.key);
    const values = requirement.values ?? [];
    switch (requirement.operator) {
      case 'In':
        return value !== undefined && values.includes(value);
      case 'NotIn':
        return value === undefined || !values.includes(value);
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
      default:
        return false;
    }
  });
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
