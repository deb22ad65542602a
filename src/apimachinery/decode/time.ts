import { DecodeError } from './decode-error.ts';

const exact = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/;
const utcSeconds = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

interface Parsed {
  /** Whole seconds since 1970, UTC. */
  readonly seconds: number;
  /** The digits behind the point, '' when there are none. */
  readonly fraction: string;
}

/** The first part of Go's layout that does not fit, for its error text. */
function complaint(value: string, layout: string): string {
  const shown = (at: number, as: string) => `: cannot parse ${JSON.stringify(value.slice(at))} as ${JSON.stringify(as)}`;
  const parts: readonly (readonly [RegExp, string])[] = [
    [/^\d{4}/, '2006'],
    [/^-/, '-'],
    [/^\d\d/, '01'],
    [/^-/, '-'],
    [/^\d\d/, '02'],
    [/^T/, 'T'],
    [/^\d\d?/, '15'],
    [/^:/, ':'],
    [/^\d\d/, '04'],
    [/^:/, ':'],
    [/^\d\d/, '05'],
    layout.includes('.') ? [/^[.,]\d{6}(?!\d)/, '.000000'] : [/^(?:[.,]\d+)?/, '05'],
    [/^(?:Z|[+-]\d\d:\d\d)/, 'Z07:00'],
  ];
  let at = 0;
  for (const [pattern, as] of parts) {
    const found = pattern.exec(value.slice(at));
    if (!found) return shown(at, as);
    at += found[0].length;
  }
  return at < value.length ? `: extra text: ${JSON.stringify(value.slice(at))}` : '';
}

function fail(value: string, layout: string, why: string): never {
  throw new DecodeError(
    `parsing time ${JSON.stringify(value)}${why.startsWith(': ') && !why.includes('cannot parse') ? '' : ` as ${JSON.stringify(layout)}`}${why}`,
  );
}

function parse(value: string, layout: string): Parsed {
  const m = exact.exec(value);
  if (!m || (layout.includes('.') && m[7]?.length !== 6)) return fail(value, layout, complaint(value, layout));
  const [year, month, day, hour, minute, second] = m.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  const out = (name: string) => fail(value, layout, `: ${name} out of range`);
  if (month < 1 || month > 12) return out('month');
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCDate() !== day) return out('day');
  if (hour > 23) return out('hour');
  if (minute > 59) return out('minute');
  if (second > 59) return out('second');
  const zone = m[8]!;
  const offset = zone === 'Z' ? 0 : (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(4, 6)) * 60);
  return { seconds: date.getTime() / 1000 + hour * 3600 + minute * 60 + second - offset, fraction: m[7] ?? '' };
}

/** RFC 3339 with whole seconds in UTC, from any RFC 3339 time; parts of a second are cut off (metav1.Time). */
export function normalizeTime(value: string): string {
  if (utcSeconds.test(value)) return value;
  return timeText(parse(value, '2006-01-02T15:04:05Z07:00').seconds);
}

/** RFC 3339 in UTC with six decimals (metav1.MicroTime), which is the only form read. */
export function normalizeMicroTime(value: string): string {
  const { seconds, fraction } = parse(value, '2006-01-02T15:04:05.000000Z07:00');
  return microTimeText(seconds, Number(fraction) * 1000);
}

const twoDigits: readonly string[] = Array.from({ length: 100 }, (_, i) => String(i).padStart(2, '0'));

/** `2006-01-02` of a day since 1970, by the 400 years in which the calendar repeats, which begin on the first of March of the year 0. */
function dateText(day: number): string {
  const since = day + 719468;
  const era = Math.floor(since / 146097);
  const dayOfEra = since - era * 146097;
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const century = Math.floor(year / 100);
  return `${twoDigits[century] ?? century}${twoDigits[year - century * 100]!}-${twoDigits[month]!}-${twoDigits[dayOfMonth]!}`;
}

function secondsText(seconds: number): string {
  const day = Math.floor(seconds / 86400);
  const rest = seconds - day * 86400;
  const hour = Math.floor(rest / 3600);
  const minute = Math.floor((rest % 3600) / 60);
  return `${dateText(day)}T${twoDigits[hour]!}:${twoDigits[minute]!}:${twoDigits[rest % 60]!}`;
}

/** Seconds since 1970 as `2006-01-02T15:04:05Z`. Years 0 to 9999. */
export function timeText(seconds: number): string {
  return `${secondsText(seconds)}Z`;
}

/** As `timeText`, with microseconds. */
export function microTimeText(seconds: number, nanos: number): string {
  return `${secondsText(seconds)}.${String(Math.trunc(nanos / 1000)).padStart(6, '0')}Z`;
}

/** Seconds and nanoseconds since 1970 of a time that was decoded before. */
export function timeParts(value: string): { readonly seconds: number; readonly nanos: number } {
  if (utcSeconds.test(value)) return { seconds: Date.parse(value) / 1000, nanos: 0 };
  if (!exact.test(value)) return { seconds: 0, nanos: 0 };
  const { seconds, fraction } = parse(value, '2006-01-02T15:04:05Z07:00');
  return { seconds, nanos: fraction === '' ? 0 : Number(fraction.padEnd(9, '0').slice(0, 9)) };
}
