import { percentOf } from '../../../apimachinery/index.ts';
import type { Checks } from './checks.ts';
import { isValidPercent, isValidPortName, isValidPortNum } from './formats.ts';

/** A port by number or by name. */
export function checkPortNumOrName(c: Checks, port: number | string | undefined, path: string, field: string): void {
  if (typeof port === 'string') c.format(isValidPortName, port, path, field);
  else c.texts(isValidPortNum(port ?? 0), [path, field], port ?? 0);
}

/** A count, or a percentage as text. */
export function checkIntOrPercent(c: Checks, value: number | string | undefined, path: string, field: string): void {
  if (typeof value === 'string') c.format(isValidPercent, value, path, field);
  else c.nonNegative(value, path, field);
}

/** A percentage above one hundred cannot be meant. */
export function checkNotMoreThan100Percent(c: Checks, value: number | string | undefined, path: string, field: string): void {
  if (typeof value === 'string' && (percentOf(value) ?? 0) > 100) c.invalid([path, field], value, 'must not be greater than 100%');
}
