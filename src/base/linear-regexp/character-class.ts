/** A pattern that cannot be read. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

/** Which code points a class holds. */
export type Accepts = (codePoint: number) => boolean;

export const code = (character: string): number => character.codePointAt(0)!;
export const inRange =
  (from: number, to: number): Accepts =>
  (c) =>
    c >= from && c <= to;
export const only = (one: number): Accepts => inRange(one, one);
export const anyOf =
  (all: readonly Accepts[]): Accepts =>
  (c) =>
    all.some((accepts) => accepts(c));
export const not =
  (accepts: Accepts): Accepts =>
  (c) =>
    !accepts(c);
const isDigit = inRange(48, 57);
const isLetter = anyOf([inRange(65, 90), inRange(97, 122)]);
export const isWord: Accepts = (c) => isDigit(c) || isLetter(c) || c === 95;
const isSpace: Accepts = (c) => c === 32 || (c >= 9 && c <= 13 && c !== 11);
const graph = inRange(33, 126);

export const perl: Readonly<Record<string, Accepts>> = {
  d: isDigit,
  D: not(isDigit),
  w: isWord,
  W: not(isWord),
  s: isSpace,
  S: not(isSpace),
};

export const posix: Readonly<Record<string, Accepts>> = {
  alnum: (c) => isDigit(c) || isLetter(c),
  alpha: isLetter,
  ascii: inRange(0, 127),
  blank: (c) => c === 9 || c === 32,
  cntrl: (c) => c < 32 || c === 127,
  digit: isDigit,
  graph,
  lower: inRange(97, 122),
  print: inRange(32, 126),
  punct: (c) => graph(c) && !isDigit(c) && !isLetter(c),
  space: (c) => c === 32 || (c >= 9 && c <= 13),
  upper: inRange(65, 90),
  word: isWord,
  xdigit: anyOf([isDigit, inRange(65, 70), inRange(97, 102)]),
};

export const controls: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

/** With the other case of each character. */
export function anyCase(accepts: Accepts): Accepts {
  return (c) => {
    if (accepts(c)) return true;
    const text = String.fromCodePoint(c);
    return [text.toLowerCase(), text.toUpperCase()].some((other) => Array.from(other).length === 1 && accepts(code(other)));
  };
}

/** `L`, `Greek`. Throws `PatternError`. */
export function unicodeClass(name: string): Accepts {
  for (const property of [name, `Script=${name}`]) {
    try {
      const expression = new RegExp(`^\\p{${property}}$`, 'u');
      return (c) => expression.test(String.fromCodePoint(c));
    } catch {
      // Not this kind of property.
    }
  }
  throw new PatternError(`invalid character class range: \`\\p{${name}}\``);
}
