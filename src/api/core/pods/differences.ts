import { semanticEqual } from '../../helpers/semantic-equal.ts';

const maxLines = 40;

function line(sign: '-' | '+', path: string, value: unknown): string {
  return `${sign} ${path}: ${JSON.stringify(value)}`;
}

function walk(now: unknown, old: unknown, path: string, out: string[]): void {
  if (out.length >= maxLines || semanticEqual(now, old)) return;
  if (typeof now === 'object' && typeof old === 'object' && now !== null && old !== null && Array.isArray(now) === Array.isArray(old)) {
    const a = now as Readonly<Record<string, unknown>>;
    const b = old as Readonly<Record<string, unknown>>;
    for (const key of new Set([...Object.keys(b), ...Object.keys(a)]))
      walk(a[key], b[key], Array.isArray(now) ? `${path}[${key}]` : `${path}.${key}`, out);
    return;
  }
  if (old !== undefined) out.push(line('-', path.slice(1), old));
  if (now !== undefined) out.push(line('+', path.slice(1), now));
}

/** What differs, a line each, old values before new ones; at most forty lines. */
export function differences(now: unknown, old: unknown): string {
  const out: string[] = [];
  walk(now, old, '', out);
  return out.join('\n');
}
