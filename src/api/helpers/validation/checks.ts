import { type FieldError, fieldError, milliValueOfQuantity } from '../../../apimachinery/index.ts';
import type { Format } from './formats.ts';

/** Collects field errors. Paths are put together only when something is wrong. */
export class Checks {
  readonly errors: FieldError[] = [];

  required(path: string, field: string, detail = ''): void {
    this.errors.push(fieldError.required(join(path, field), detail));
  }

  forbidden(path: string, field: string, detail: string): void {
    this.errors.push(fieldError.forbidden(join(path, field), detail));
  }

  duplicate(path: string, field: string, value: unknown): void {
    this.errors.push(fieldError.duplicate(join(path, field), value));
  }

  notFound(path: string, field: string, value: unknown): void {
    this.errors.push(fieldError.notFound(join(path, field), value));
  }

  tooLong(path: string, field: string, max: number): void {
    this.errors.push(fieldError.tooLong(join(path, field), max));
  }

  /** Reports more than `max` items. */
  atMost(items: readonly unknown[] | undefined, max: number, path: string, field: string): void {
    if (items && items.length > max) this.errors.push(fieldError.tooMany(join(path, field), items.length, max));
  }

  invalid(at: readonly [path: string, field: string], value: unknown, detail: string): void {
    this.errors.push(fieldError.invalid(join(at[0], at[1]), value, detail));
  }

  notSupported(at: readonly [path: string, field: string], value: unknown, supported: readonly string[]): void {
    this.errors.push(fieldError.notSupported(join(at[0], at[1]), value, supported));
  }

  /** One error for each thing that is wrong with a text. */
  format(rule: Format, value: string, path: string, field: string): void {
    const texts = rule(value);
    if (texts.length > 0) this.texts(texts, [path, field], value);
  }

  texts(texts: readonly string[], at: readonly [path: string, field: string], value: unknown): void {
    for (const text of texts) this.invalid(at, value, text);
  }

  /** A text that must be given and well formed. */
  requiredFormat(rule: Format, value: string | undefined, path: string, field: string): void {
    if (value === undefined || value === '') this.required(path, field);
    else this.format(rule, value, path, field);
  }

  /** As `format`, of what is given only. */
  optionalFormat(rule: Format, value: string | undefined, path: string, field: string): void {
    if (value !== undefined && value !== '') this.format(rule, value, path, field);
  }

  nonNegative(value: number | undefined, path: string, field: string): void {
    if (value !== undefined && value < 0) this.invalid([path, field], value, 'must be greater than or equal to 0');
  }

  oneOf(value: string, supported: readonly string[], path: string, field: string): void {
    if (!supported.includes(value)) this.notSupported([path, field], value, supported);
  }

  requiredOneOf(value: string | undefined, supported: readonly string[], path: string, field: string): void {
    if (value === undefined || value === '') this.required(path, field);
    else this.oneOf(value, supported, path, field);
  }

  immutable(value: unknown, changed: boolean, path: string, field: string): void {
    if (changed) this.invalid([path, field], value, 'field is immutable');
  }

  nonNegativeQuantity(value: string, path: string, field: string): void {
    if (milliValueOfQuantity(value) < 0) this.invalid([path, field], value, 'must be greater than or equal to 0');
  }
}

/** `spec` + `replicas`, `spec` + `[0]`; either side may be empty. */
export function join(path: string, field: string): string {
  if (path === '') return field;
  return field === '' ? path : field.startsWith('[') ? path + field : `${path}.${field}`;
}

/** Runs `check` and gives what it found. */
export function collect(check: (c: Checks) => void): readonly FieldError[] {
  const checks = new Checks();
  check(checks);
  return checks.errors;
}
