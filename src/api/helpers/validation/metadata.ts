import { labelKeyErrors, labelValueErrors, maxAnnotationsBytes, type ObjectMeta } from '../../../apimachinery/index.ts';
import type { LabelSelector, LabelSelectorRequirement } from '../../types.gen.ts';
import type { Checks } from './checks.ts';
import { isLabelKey, isLabelValue } from './formats.ts';

/** Keys and values of labels; all errors name the map itself. */
export function checkLabels(c: Checks, labels: ObjectMeta['labels'], path: string, field: string): void {
  if (!labels) return;
  for (const key of Object.keys(labels)) {
    c.texts(labelKeyErrors(key), [path, field], key);
    c.texts(labelValueErrors(labels[key]!), [path, field], labels[key]);
  }
}

export function checkAnnotations(c: Checks, annotations: ObjectMeta['annotations'], path: string, field: string): void {
  if (!annotations) return;
  let bytes = 0;
  for (const key of Object.keys(annotations)) {
    c.texts(labelKeyErrors(key.toLowerCase()), [path, field], key);
    bytes += Buffer.byteLength(key) + Buffer.byteLength(annotations[key]!);
  }
  if (bytes > maxAnnotationsBytes) c.tooLong(path, field, maxAnnotationsBytes);
}

/** A label selector object, as all kinds that have one check it. */
export function checkLabelSelector(c: Checks, selector: LabelSelector | undefined, path: string): void {
  if (!selector) return;
  checkLabels(c, selector.matchLabels, path, 'matchLabels');
  for (const [i, r] of (selector.matchExpressions ?? []).entries()) checkRequirement(c, r, `${path}.matchExpressions[${i}]`);
}

function checkRequirement(c: Checks, r: LabelSelectorRequirement, path: string): void {
  const values = r.values ?? [];
  switch (r.operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) c.required(path, 'values', "must be specified when `operator` is 'In' or 'NotIn'");
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) c.forbidden(path, 'values', "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
      break;
    default:
      c.invalid([path, 'operator'], r.operator ?? '', 'not a valid selector operator');
  }
  c.format(isLabelKey, r.key ?? '', path, 'key');
  for (const [i, value] of values.entries()) c.format(isLabelValue, value, path, `values[${i}]`);
}
