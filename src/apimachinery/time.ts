import { microTimeText, timeParts, timeText } from './decode/time.ts';

/** RFC 3339 in UTC with whole seconds (metav1.Time), from milliseconds since 1970; parts of a second are cut off. */
export function formatTime(ms: number): string {
  return timeText(Math.floor(ms / 1000));
}

/** RFC 3339 in UTC with microseconds (metav1.MicroTime), from milliseconds since 1970. */
export function formatMicroTime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return microTimeText(seconds, (ms - seconds * 1000) * 1e6);
}

/** Milliseconds since 1970 of an RFC 3339 time; undefined when there is none or it is not one. */
export function parseTime(text: string | null | undefined): number | undefined {
  if (text === null || text === undefined || text === '') return undefined;
  const ms = Date.parse(text);
  if (!Number.isNaN(ms)) return ms;
  const { seconds, nanos } = timeParts(text);
  return seconds === 0 && nanos === 0 ? undefined : seconds * 1000 + nanos / 1e6;
}
