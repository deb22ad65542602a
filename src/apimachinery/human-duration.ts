const unit = { m: 60 } as const;

/** An age as `kubectl get` prints it (duration.HumanDuration): `30s`, `5m10s`, `3h12m`, `2d4h`, `400d`, `3y20d`. Milliseconds in. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 2 * unit.m) return `${seconds}s`;
  const minutes = Math.floor(seconds / unit.m);
  if (minutes < 10) return withRest(minutes, 'm', seconds % 60, 's');
  if (minutes < 3 * 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return withRest(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (hours < 24 * 8) return withRest(days, 'd', hours % 24, 'h');
  if (hours < 24 * 365 * 2) return `${days}d`;
  const years = Math.floor(hours / 24 / 365);
  if (hours < 24 * 365 * 8) return withRest(years, 'y', days % 365, 'd');
  return `${years}y`;
}

function withRest(value: number, name: string, rest: number, restName: string): string {
  return rest === 0 ? `${value}${name}` : `${value}${name}${rest}${restName}`;
}

/** The age of a time, `<unknown>` when there is none. */
export function ageOf(time: string | null | undefined, nowMs: number): string {
  const at = time ? Date.parse(time) : Number.NaN;
  return Number.isNaN(at) ? '<unknown>' : humanDuration(nowMs - at);
}
