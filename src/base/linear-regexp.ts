import { Parser } from './linear-regexp/parser.ts';
import { compile, run } from './linear-regexp/program.ts';

export { PatternError } from './linear-regexp/character-class.ts';

/**
 * Regular expressions in Go's syntax (RE2), matched in time linear in the text: for patterns that clients choose. JavaScript's own engine
 * backtracks, and a pattern like `(a+)+$` holds it for ever. Whether there is a match is all that is told. Not there, as in RE2:
 * look-around and back-references.
 */
export interface LinearRegExp {
  /** Whether some part of `text` matches. */
  test(text: string): boolean;
}

/** Reads a pattern. Throws `PatternError`. */
export function linearRegExp(pattern: string): LinearRegExp {
  const program = compile(new Parser(pattern).parse());
  return { test: (text) => run(program, text) };
}
