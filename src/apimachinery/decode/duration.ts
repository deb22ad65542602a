import { DecodeError } from './decode-error.ts';

const unitNs: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** Nanoseconds of Go's duration text: `1h2m3.5s`, `100ms`, `-5s`, `0`. Throws DecodeError with Go's message. */
export function parseDuration(value: string): number {
  const invalid = () => new DecodeError(`time: invalid duration ${JSON.stringify(value)}`);
  const sign = value.startsWith('-') ? -1 : 1;
  let rest = /^[+-]/.test(value) ? value.slice(1) : value;
  if (rest === '0') return 0;
  if (rest === '') throw invalid();
  let total = 0;
  while (rest !== '') {
    const number = /^(?:\d+\.?\d*|\.\d+)/.exec(rest)?.[0];
    if (number === undefined) throw invalid();
    rest = rest.slice(number.length);
    const unit = /^[^.\d]+/.exec(rest)?.[0];
    if (unit === undefined) throw new DecodeError(`time: missing unit in duration ${JSON.stringify(value)}`);
    if (!Object.hasOwn(unitNs, unit)) throw new DecodeError(`time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(value)}`);
    rest = rest.slice(unit.length);
    total += Math.trunc(Number(number) * unitNs[unit]!);
  }
  if (total > Number.MAX_SAFE_INTEGER * 1024) throw invalid();
  return sign * total;
}

function decimals(value: number, unit: string): string {
  return `${Number(value.toFixed(9))}${unit}`;
}

/** Go's text of a duration in nanoseconds: `1h0m0s`, `1.5s`, `100ms`, `0s`. */
export function formatDuration(ns: number): string {
  if (ns === 0) return '0s';
  if (ns < 0) return `-${formatDuration(-ns)}`;
  if (ns < 1e3) return `${ns}ns`;
  if (ns < 1e6) return decimals(ns / 1e3, 'µs');
  if (ns < 1e9) return decimals(ns / 1e6, 'ms');
  const hours = Math.floor(ns / 3600e9);
  const minutes = Math.floor((ns % 3600e9) / 60e9);
  const seconds = decimals((ns % 60e9) / 1e9, 's');
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
