import type { Json } from '../meta.ts';
import { DecodeError } from './decode-error.ts';

const form = /^([+-]?)(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/;
const plain = /^(?:0|[1-9]\d{0,2}(?:m|Mi|Gi|k|M|G)?)$/;
const binary: readonly string[] = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const decimal: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const decimalSuffix: ReadonlyMap<number, string> = new Map(Object.entries(decimal).map(([suffix, power]) => [power, suffix]));
const nano = 10n ** 9n;
const maxDigits = 64;

const wrongForm = () => new DecodeError("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");

/** Value in units of 1e-9, rounded away from zero as resource.Quantity does; `scale` is a power of ten or of 1024. */
function nanos(digits: string, fraction: string, scale: { readonly ten: number } | { readonly two: bigint }): bigint {
  const whole = BigInt(digits + fraction);
  if ('two' in scale) {
    const divisor = 10n ** BigInt(fraction.length);
    const value = whole * scale.two * nano;
    return (value + divisor - 1n) / divisor;
  }
  const power = scale.ten + 9 - fraction.length;
  if (power >= 0) return whole * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(-power);
  return (whole + divisor - 1n) / divisor;
}

function decimalText(value: bigint, exponentForm: boolean): string {
  let power = -9;
  let mantissa = value;
  while (mantissa % 1000n === 0n && power < 18) {
    mantissa /= 1000n;
    power += 3;
  }
  if (exponentForm) return power === 0 ? `${mantissa}` : `${mantissa}e${power}`;
  return `${mantissa}${decimalSuffix.get(power)!}`;
}

function binaryText(value: bigint): string {
  let mantissa = (value + nano - 1n) / nano;
  let power = 0;
  while (mantissa % 1024n === 0n && power < 6) {
    mantissa /= 1024n;
    power++;
  }
  return `${mantissa}${binary[power]!}`;
}

/** The canonical text of a quantity given as text or number (resource.Quantity's round trip): `1000m` is `1`, `1024Mi` is `1Gi`. */
export function canonicalQuantity(input: Json): string {
  const text = typeof input === 'number' ? String(input) : typeof input === 'string' ? input.trim() : undefined;
  if (text === undefined) throw wrongForm();
  if (plain.test(text)) return text;
  const m = form.exec(text);
  if (!m || (m[2] === '' && (m[3] ?? '') === '') || text.length > maxDigits) throw wrongForm();
  const [sign, digits, fraction, suffix] = [m[1]!, m[2] || '0', m[3] ?? '', m[4]!];
  const exponent = /^[eE][-+]?(\d+)$/.exec(suffix);
  const two = binary.indexOf(suffix);
  const ten = exponent ? Number(suffix.slice(1)) : decimal[suffix];
  if (two <= 0 && (ten === undefined || Math.abs(ten) > 36)) throw new DecodeError("unable to parse quantity's suffix");
  const value = nanos(digits, fraction, two > 0 ? { two: 1024n ** BigInt(two) } : { ten: ten! });
  const isSmall = value < 1024n * nano;
  const shown = value === 0n ? '0' : two > 0 && !isSmall ? binaryText(value) : decimalText(value, exponent !== null);
  return sign === '-' && value !== 0n ? `-${shown}` : shown;
}
