function isEmptyList(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

function equalLists(a: readonly unknown[], b: unknown): boolean {
  if (!Array.isArray(b) || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!semanticEqual(a[i], b[i])) return false;
  return true;
}

/**
 * Whether two values mean the same: absent, null and an empty list are equal (Semantic.DeepEqual upstream); an empty object is not the same
 * as none.
 */
export function semanticEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || a === null) return isEmptyList(a) && isEmptyList(b);
  if (Array.isArray(a)) return a.length === 0 ? isEmptyList(b) : equalLists(a, b);
  if (typeof b !== 'object' || b === null || Array.isArray(b)) return false;
  const left = a as Readonly<Record<string, unknown>>;
  const right = b as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(left)) if (!semanticEqual(left[key], Object.hasOwn(right, key) ? right[key] : undefined)) return false;
  for (const key of Object.keys(right)) if (!Object.hasOwn(left, key) && !isEmptyList(right[key])) return false;
  return true;
}
