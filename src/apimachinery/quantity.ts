import { DecodeError } from './decode/decode-error.ts';

/** How a quantity prints: `1500m` (DecimalSI), `1Gi` (BinarySI), `1e3` (DecimalExponent). */
export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

/** An exact amount in units of 1e-9, as fine as resource.Quantity goes. */
export interface Quantity {
  readonly nanos: bigint;
  readonly format: QuantityFormat;
}

const nano = 1_000_000_000n;
const maxDigits = 64;
const maxInt64 = (1n << 63n) - 1n;
const binarySuffixes: readonly string[] = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const decimalSuffixes: readonly string[] = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const form = /^([+-]?)(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/;
const wrongForm = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

export const zeroQuantity: Quantity = { nanos: 0n, format: 'DecimalSI' };

function ceilDivide(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return value > 0n && quotient * divisor !== value ? quotient + 1n : quotient;
}

function awayFromZero(value: bigint, divisor: bigint): bigint {
  return value < 0n ? -ceilDivide(-value, divisor) : ceilDivide(value, divisor);
}

/** Suffix to format, power of 1024 (binary) or of ten. */
function scaleOf(suffix: string): { readonly format: QuantityFormat; readonly power: number } | undefined {
  if (suffix !== '') {
    const binary = binarySuffixes.indexOf(suffix);
    if (binary > 0) return { format: 'BinarySI', power: binary };
    if (/^[eE][-+]?\d+$/.test(suffix)) {
      const power = Number(suffix.slice(1));
      return Math.abs(power) > 36 ? undefined : { format: 'DecimalExponent', power };
    }
  }
  const decimal = decimalSuffixes.indexOf(suffix);
  return decimal < 0 ? undefined : { format: 'DecimalSI', power: decimal * 3 - 9 };
}

/** Reads a quantity, given as text or number. Throws DecodeError with upstream's text. */
export function parseQuantity(input: string | number): Quantity {
  const text = typeof input === 'number' ? String(input) : input;
  const m = text.length > maxDigits ? null : form.exec(text);
  if (!m || (m[2] === '' && (m[3] ?? '') === '')) throw new DecodeError(wrongForm);
  const scale = scaleOf(m[4]!);
  if (!scale) throw new DecodeError("unable to parse quantity's suffix");
  const fraction = m[3] ?? '';
  const digits = BigInt(m[2]! + fraction);
  let nanos: bigint;
  if (scale.format === 'BinarySI') {
    nanos = ceilDivide((digits << BigInt(10 * scale.power)) * nano, 10n ** BigInt(fraction.length));
    if (nanos > maxInt64 * nano) nanos = maxInt64 * nano;
  } else {
    const power = scale.power + 9 - fraction.length;
    nanos = power >= 0 ? digits * 10n ** BigInt(power) : ceilDivide(digits, 10n ** BigInt(-power));
  }
  return { nanos: m[1] === '-' ? -nanos : nanos, format: scale.format };
}

/** The canonical text: the largest suffix that leaves a whole number; a binary amount below 1024 prints as a decimal one. */
export function formatQuantity(q: Quantity): string {
  if (q.nanos === 0n) return '0';
  const small = q.nanos > -1024n * nano && q.nanos < 1024n * nano;
  if (q.format === 'BinarySI' && !small) {
    let mantissa = awayFromZero(q.nanos, nano);
    let power = 0;
    while (power < 6 && mantissa % 1024n === 0n) {
      mantissa /= 1024n;
      power++;
    }
    return `${mantissa}${binarySuffixes[power]!}`;
  }
  let mantissa = q.nanos;
  let thousands = 0;
  while (thousands < 9 && mantissa % 1000n === 0n) {
    mantissa /= 1000n;
    thousands++;
  }
  if (q.format !== 'DecimalExponent') return `${mantissa}${decimalSuffixes[thousands]!}`;
  return thousands === 3 ? `${mantissa}` : `${mantissa}e${thousands * 3 - 9}`;
}

/** Negative, zero or positive as `a` is less than, equal to or more than `b`. */
export function compareQuantity(a: Quantity, b: Quantity): number {
  return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0;
}

/** The sum. It prints as `a` does, or as `b` when `a` is zero (resource.Quantity.Add). */
export function addQuantity(a: Quantity, b: Quantity): Quantity {
  return { nanos: a.nanos + b.nanos, format: a.nanos === 0n ? b.format : a.format };
}

/** The difference; prints as `addQuantity`. */
export function subQuantity(a: Quantity, b: Quantity): Quantity {
  return { nanos: a.nanos - b.nanos, format: a.nanos === 0n ? b.format : a.format };
}

export function negateQuantity(a: Quantity): Quantity {
  return { nanos: -a.nanos, format: a.format };
}

/** Whole units, rounded up (away from zero). Exact below 2^53. */
export function quantityValue(q: Quantity): number {
  return Number(awayFromZero(q.nanos, nano));
}

/** Thousandths, rounded up (away from zero). */
export function quantityMilliValue(q: Quantity): number {
  return Number(awayFromZero(q.nanos, 1_000_000n));
}

/** A whole number of units. */
export function quantityOf(value: number, format: QuantityFormat = 'DecimalSI'): Quantity {
  return { nanos: BigInt(value) * nano, format };
}

export function quantityOfMilli(milli: number, format: QuantityFormat = 'DecimalSI'): Quantity {
  return { nanos: BigInt(milli) * 1_000_000n, format };
}

const quick: readonly (readonly [string, number])[] = [
  ['Ki', 1024],
  ['Mi', 1024 ** 2],
  ['Gi', 1024 ** 3],
  ['Ti', 1024 ** 4],
  ['k', 1e3],
  ['M', 1e6],
  ['G', 1e9],
];

/** Plain digits with one of the usual suffixes, in units of 1/`per`; undefined when the long way must be taken. */
function quickValue(text: string, per: number): number | undefined {
  let end = 0;
  let digits = 0;
  while (end < text.length) {
    const c = text.charCodeAt(end) - 48;
    if (c < 0 || c > 9) break;
    digits = digits * 10 + c;
    end++;
  }
  if (end === 0 || end > 12) return undefined;
  if (end === text.length) return digits * per;
  const suffix = text.slice(end);
  if (suffix === 'm') return per === 1000 ? digits : Math.ceil(digits / 1000);
  const scale = quick.find(([s]) => s === suffix);
  const value = scale ? digits * scale[1] * per : undefined;
  return value !== undefined && Number.isSafeInteger(value) ? value : undefined;
}

/** `quantityValue(parseQuantity(text))`, quickly. */
export function valueOfQuantity(text: string): number {
  return quickValue(text, 1) ?? quantityValue(parseQuantity(text));
}

/** `quantityMilliValue(parseQuantity(text))`, quickly. */
export function milliValueOfQuantity(text: string): number {
  return quickValue(text, 1000) ?? quantityMilliValue(parseQuantity(text));
}
