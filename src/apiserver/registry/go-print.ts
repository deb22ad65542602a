import { isJsonObject, type Json } from '../../apimachinery/index.ts';

/** A JSON value as Go's `%v` prints maps and slices: keys sorted, no quotes. */
export function goPrint(value: Json | undefined): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map((v: Json) => goPrint(v)).join(' ')}]`;
  if (!isJsonObject(value)) return String(value as string | number | boolean);
  return `map[${Object.keys(value)
    .sort()
    .map((key) => `${key}:${goPrint(value[key])}`)
    .join(' ')}]`;
}
