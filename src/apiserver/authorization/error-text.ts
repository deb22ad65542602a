/** Several errors as upstream's aggregate prints them: duplicates once, one bare, more in brackets. */
export function aggregate(texts: readonly string[]): string {
  const unique = [...new Set(texts)];
  return unique.length === 1 ? unique[0]! : `[${unique.join(', ')}]`;
}
