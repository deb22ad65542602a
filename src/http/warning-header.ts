const totalRunes = 4096;
const truncatedRunes = 256;

/** A quoted string of RFC 9110. Header values are bytes: UTF-8, handed to Node as one character a byte. */
function quote(text: string): string {
  return `"${Buffer.from(text.replace(/["\\]/g, '\\$&'), 'utf8').toString('latin1')}"`;
}

function render(texts: readonly string[], runesOfEach: number, limit: number): string[] | undefined {
  const headers: string[] = [];
  let written = 0;
  for (const text of texts) {
    const runes = Array.from(text);
    const kept = Math.min(runes.length, runesOfEach);
    if (written + kept > limit) return runesOfEach === Infinity ? undefined : headers;
    written += kept;
    headers.push(`299 - ${quote(kept < runes.length ? runes.slice(0, kept).join('') : text)}`);
  }
  return headers;
}

/**
 * `Warning` header values for texts, as upstream's warning recorder makes them: each once, none with control characters; once all together
 * pass 4,096 characters, each is cut to 256 and as many are sent as fit.
 */
export function warningHeaders(texts: readonly string[]): readonly string[] {
  const valid = [...new Set(texts)].filter((t) => t !== '' && !/\p{Cc}/u.test(t));
  return render(valid, Infinity, totalRunes) ?? render(valid, truncatedRunes, totalRunes) ?? [];
}
