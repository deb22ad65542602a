import { type LinearRegExp, linearRegExp, PatternError } from '../../base/index.ts';

/** Texts longer than this are not matched: a pattern's author is no friend of the server's. */
const maxTextLength = 65_536;
const maxRemembered = 1024;

const compiled = new Map<string, LinearRegExp | undefined>();

/** A pattern of a schema, in Go's syntax; undefined when it is none. */
export function compilePattern(pattern: string): LinearRegExp | undefined {
  if (compiled.has(pattern)) return compiled.get(pattern);
  let made: LinearRegExp | undefined;
  try {
    made = linearRegExp(pattern);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
  }
  if (compiled.size >= maxRemembered) compiled.clear();
  compiled.set(pattern, made);
  return made;
}

/** Whether a text matches. A pattern that cannot be read, or a text too long to be tried, matches nothing. */
export function matchesPattern(pattern: string, text: string): boolean {
  const expression = compilePattern(pattern);
  return expression !== undefined && text.length <= maxTextLength && expression.test(text);
}
