import { compareQuantity, type Draft, type FieldError, hasKey, parseQuantity, setKey } from '../../../apimachinery/index.ts';
import { type Checks, collect } from '../../helpers/validation/checks.ts';
import { isLabelKey } from '../../helpers/validation/formats.ts';
import type { LimitRange, LimitRangeItem } from '../../types.gen.ts';

type Quantities = Record<string, string>;

function fill(target: Quantities, from: Readonly<Quantities> | undefined): void {
  for (const [name, quantity] of Object.entries(from ?? {})) if (!hasKey(target, name)) setKey(target, name, quantity);
}

/** For containers a missing default is the maximum, and a missing default request the default or the minimum. */
export function defaultLimitRange(obj: Draft<LimitRange>): void {
  for (const item of obj.spec?.limits ?? []) {
    if (item.type !== 'Container') continue;
    fill((item.default ??= {}), item.max);
    fill((item.defaultRequest ??= {}), item.default);
    fill(item.defaultRequest, item.min);
  }
}

const fields = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;
const above = (a: string, b: string) => compareQuantity(parseQuantity(a), parseQuantity(b)) > 0;

function checkOrder(c: Checks, item: LimitRangeItem, name: string, path: string): void {
  const of = (field: (typeof fields)[number]) => (hasKey(item[field], name) ? item[field]![name] : undefined);
  const max = of('max');
  const min = of('min');
  const request = of('defaultRequest');
  const limit = of('default');
  const say = (field: string, value: string, text: string) => c.invalid([path, `${field}[${name}]`], value, text);
  if (min !== undefined && max !== undefined && above(min, max)) say('min', min, `min value ${min} is greater than max value ${max}`);
  if (request !== undefined) {
    if (min !== undefined && above(min, request)) say('defaultRequest', request, `min value ${min} is greater than default request value ${request}`);
    if (max !== undefined && above(request, max)) say('defaultRequest', request, `default request value ${request} is greater than max value ${max}`);
    if (limit !== undefined && above(request, limit)) {
      say('defaultRequest', request, `default request value ${request} is greater than default limit value ${limit}`);
    }
  }
  if (limit !== undefined) {
    if (min !== undefined && above(min, limit)) say('default', limit, `min value ${min} is greater than default value ${limit}`);
    if (max !== undefined && above(limit, max)) say('default', limit, `default value ${limit} is greater than max value ${max}`);
  }
  const ratio = of('maxLimitRequestRatio');
  if (ratio !== undefined && above('1', ratio)) say('maxLimitRequestRatio', ratio, `ratio ${ratio} is less than 1`);
}

export function validateLimitRange(obj: LimitRange): readonly FieldError[] {
  return collect((c) => {
    const seen = new Set<string>();
    for (const [i, item] of (obj.spec?.limits ?? []).entries()) {
      const path = `spec.limits[${i}]`;
      const type = item.type ?? '';
      c.format(isLabelKey, type, path, 'type');
      if (!type.includes('/') && !['Pod', 'Container', 'PersistentVolumeClaim'].includes(type)) {
        c.invalid([path, 'type'], type, 'must be a standard limit type or fully qualified');
      }
      if (seen.has(type)) c.duplicate(path, 'type', type);
      seen.add(type);
      if (type === 'Pod') {
        for (const field of ['default', 'defaultRequest'] as const) {
          if (Object.keys(item[field] ?? {}).length > 0) c.forbidden(path, field, "may not be specified when `type` is 'Pod'");
        }
      }
      if (type === 'PersistentVolumeClaim' && !hasKey(item.min, 'storage') && !hasKey(item.max, 'storage')) {
        c.required(path, 'limits', 'either minimum or maximum storage value is required, but neither was provided');
      }
      for (const name of new Set(fields.flatMap((field) => Object.keys(item[field] ?? {})))) checkOrder(c, item, name, path);
    }
  });
}
